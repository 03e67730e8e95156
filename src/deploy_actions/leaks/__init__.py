"""Finds secrets in logs: known values in every form, unknown ones by rules. Computes only; reads and writes nothing."""
