"""A program kept under guard: its keeper, its private files, its signals, and when it is stopped."""
