"""Writes JSON, also of what is a text, a number or a list by an input's own type."""

import msgspec


def json_text(value: object) -> str:
    """The value in one line. Raises TypeError for what JSON has no form for."""
    return msgspec.json.encode(value, enc_hook=_plain).decode()


def _plain(value: object) -> object:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, tuple):
        return tuple(value)
    raise TypeError(f"JSON has no form for {type(value).__name__}")
