"""Writes workflow commands as the runner reads them, and makes any other text harmless to it.

Source: actions/runner, `ActionCommand.cs` and `ActionCommandManager.cs` (2.336.0).
"""

import re
from collections.abc import Mapping

INERT_PREFIX = "| "
_COMMAND_AT_START = r"(?<![^\r\n])(?=(?:[^\S\r\n]|[\ufeff\u200b])*::)"


def escape_data(text: str) -> str:
    """Escapes what stands behind the second `::` of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escapes the value of a command's property."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def command(name: str, data: str, properties: Mapping[str, str] | None = None) -> str:
    """One workflow command, without its line end. Empty properties are left out: the runner cannot read them."""
    shown = ",".join(f"{key}={escape_property(value)}" for key, value in (properties or {}).items() if value)
    return f"::{name}{' ' + shown if shown else ''}::{escape_data(data)}"


def inert(text: str) -> str:
    """The text, with nothing left in it that the runner could read as a command.

    A line whose first visible characters are `::` gets a prefix. `##[`, which the runner looks for anywhere in a
    line, gets a space. A lone carriage return ends a line for the runner, so it does here.
    """
    if "::" in text:
        text = re.sub(_COMMAND_AT_START, INERT_PREFIX, text)
    return text.replace("##[", "## [")
