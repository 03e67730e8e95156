"""What the composition root hands to a service that it connects."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret


class LineStream(Protocol):
    """Where a program's output goes, line by line: redacted, and without commands that it may not give."""

    def write(self, lines: bytes) -> None:
        """Shows whole lines, each with its line end. Raises OSError where the log cannot be written."""

    def finish(self) -> None:
        """Ends what was begun, such as an open group. Raises OSError."""


def _nowhere(_commands: frozenset[str]) -> LineStream:
    raise RuntimeError("this world has no stream")


class World(msgspec.Struct, frozen=True):
    """The environment, what must be redacted, and three doors to the log.

    `say` shows a line of somebody else's text. `mask` has the runner hide values from then on, and returns how many
    masks that took: none where no runner reads. `stream` opens a door for all that a program prints; the runner reads
    of its workflow commands those that are named.
    """

    environ: Mapping[str, str]
    redactor: Redactor
    say: Callable[[str], None]
    mask: Callable[[Sequence[Secret]], int] = lambda _values: 0
    stream: Callable[[frozenset[str]], LineStream] = _nowhere
