"""Streams what a program prints to the log, whole lines at a time, without ever making the program wait for long."""

import fcntl
import os
import re
import selectors
import threading
import time
from contextlib import suppress
from errno import ETIMEDOUT
from typing import NamedTuple

from deploy_actions.core.world import LineStream

LONGEST_LINE_BYTES = 1024 * 1024
"""A line longer than this is left out and counted: a piece of it could show a piece of a secret."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_PIPE_BYTES = 1024 * 1024
_CHUNK_BYTES = 256 * 1024
"""What fits a processor's cache is handled faster than more at a time."""

_LOOK_UP_SECONDS = 0.1


class Patience(NamedTuple):
    """How long the end of the output is waited for, in seconds: without a byte, and without the log taking one."""

    silence: float
    stalled: float


AFTER_AN_END = Patience(silence=2.0, stalled=60.0)
AFTER_A_STOP = Patience(silence=0.2, stalled=0.3)
"""The runner kills 2.5 s after its SIGTERM, of which most are gone by then."""


class Output:
    """Reads a pipe in a thread of its own. Lines end with a line feed or a carriage return, as the runner reads them.

    A line is shown when it has ended: what waits for its end may be half a secret.
    """

    def __init__(self, pipe: int, stream: LineStream) -> None:
        self._pipe = pipe
        self._stream = stream
        self._rest = b""
        self._left_out = 0
        self._last_byte_at = time.monotonic()
        self._given_up = threading.Event()
        self._is_writing = False
        self._written_at = self._last_byte_at
        self._failure: Exception | None = None
        _widen(pipe)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def seconds_of_silence(self) -> float:
        """How long ago the last byte came; if none came, how long ago reading began."""
        return time.monotonic() - self._last_byte_at

    def finish(self, patience: Patience = AFTER_AN_END) -> None:
        """Waits for the last lines: as long as they come and the log takes them, however slowly.

        A process left behind that holds the output open and says nothing is waited for 2 s, no longer. Raises OSError
        if the log could not be written, or takes nothing any more.
        """
        while self._thread.is_alive() and not self._is_lost(patience):
            self._thread.join(_LOOK_UP_SECONDS)
        held_open = self._thread.is_alive()
        self._given_up.set()
        self._thread.join(patience.stalled if held_open else None)
        if self._thread.is_alive():
            raise TimeoutError(ETIMEDOUT, "the log takes nothing any more")
        if held_open:
            self._show(
                b"The command ended, but a process it left behind keeps its output open; no more of it is shown.\n"
            )
        if self._failure:
            raise self._failure

    def _is_lost(self, patience: Patience) -> bool:
        now = time.monotonic()
        if self._is_writing:
            return now - self._written_at > patience.stalled
        return now - max(self._last_byte_at, self._written_at) > patience.silence

    def _read(self) -> None:
        """Reads to the end of the output, or until it is given up."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while not self._given_up.is_set():
                if selector.select(_LOOK_UP_SECONDS):
                    chunk = os.read(self._pipe, _CHUNK_BYTES)
                    if not chunk:
                        break
                    self._last_byte_at = time.monotonic()
                    self._take(chunk)
        self._show_left_out()
        self._show(self._rest + b"\n" if self._rest else b"")

    def _take(self, chunk: bytes) -> None:
        """Shows the whole lines and keeps the rest; of a line that is too long, nothing is kept."""
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        lines, rest = chunk[:end], chunk[end:]
        if lines and self._left_out:
            first, lines = _LINE_END.split(lines, maxsplit=1)
            self._left_out += len(first)
            self._show_left_out()
        elif lines:
            lines = self._rest + lines
            self._rest = b""
        self._show(lines)
        self._rest += rest
        if self._left_out or len(self._rest) > LONGEST_LINE_BYTES:
            self._left_out += len(self._rest)
            self._rest = b""

    def _show_left_out(self) -> None:
        if self._left_out:
            self._show(b"(a line of %d bytes was left out)\n" % self._left_out)
            self._left_out = 0

    def _show(self, lines: bytes) -> None:
        """Shows lines. Where the log cannot be written, reading goes on: a full pipe would stop the program."""
        if lines and not self._failure:
            self._written_at, self._is_writing = time.monotonic(), True
            try:
                self._stream.write(lines)
            except Exception as error:  # whatever it is, it is raised again in the end
                self._failure = error
            self._written_at, self._is_writing = time.monotonic(), False


def _widen(pipe: int) -> None:
    """Lets the pipe hold more, where the system can and allows it: the program then waits less."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
