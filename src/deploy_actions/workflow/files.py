"""Writes the runner's files: outputs as here-documents, the step summary as Markdown.

Source: actions/runner, `FileCommandManager.cs` (2.336.0): a name ends at the first `<<`; the delimiter must stand
alone on its line; a summary over 1 MiB is not shown at all.
"""

import os
from collections.abc import Mapping

SUMMARY_LIMIT_BYTES = 1024 * 1024
"""Largest step summary, in bytes of UTF-8."""

OUTPUTS_LIMIT_BYTES = 1024 * 1024
"""Largest sum of a job's outputs, in bytes of UTF-16 (GitHub docs, "Passing information between jobs")."""


def size_as_output(value: str) -> int:
    """Bytes that a value takes of a job's limit, which is measured in UTF-16."""
    return len(value.encode("utf-16-le", "surrogatepass"))


def here_document(name: str, value: str) -> str:
    """One entry of an output file, with a fresh random delimiter that the value does not contain."""
    delimiter = f"end-{os.urandom(16).hex()}"
    while delimiter in value:
        delimiter = f"end-{os.urandom(16).hex()}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def append_outputs(path: str, outputs: Mapping[str, str]) -> None:
    """Appends all outputs in one write. Raises OSError."""
    _append(path, "".join(here_document(name, value) for name, value in outputs.items()))


def append_summary(path: str, markdown: str) -> None:
    """Appends to the step summary. Raises OSError."""
    _append(path, markdown)


def summary_room(path: str) -> int:
    """Bytes that may still be written to the step's summary, never negative."""
    written = os.path.getsize(path) if os.path.exists(path) else 0
    return max(0, SUMMARY_LIMIT_BYTES - written)


def _append(path: str, text: str) -> None:
    with open(path, "ab") as file:
        file.write(text.encode("utf-8", "replace"))
