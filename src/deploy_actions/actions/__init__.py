"""The rooms, one folder an action. A room imports only `core` and pure libraries: what it may touch is handed in."""
