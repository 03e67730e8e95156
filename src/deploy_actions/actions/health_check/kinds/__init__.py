"""One module for each kind of check, with a class `KIND` whose `parse` reads its settings."""
