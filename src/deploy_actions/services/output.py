"""Streams what a program prints to the log, whole lines at a time, without ever making the program wait for long."""

import subprocess
import threading
from collections.abc import Callable
from typing import Any

LONGEST_LINE_BYTES = 1024 * 1024
"""A line longer than this is left out and counted: a piece of it could show a piece of a secret."""

_CHUNK_BYTES = 64 * 1024
_AFTER_THE_END_SECONDS = 2.0


class Output:
    """Reads in a thread of its own. Lines end with a line feed or a carriage return, as the runner reads them."""

    def __init__(self, process: "subprocess.Popen[bytes]", say: Callable[[str], None]) -> None:
        self._pipe: Any = process.stdout
        self._say = say
        self._rest = b""
        self._left_out = 0
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Waits for the last lines. A child left behind that holds the pipe open is waited for 2 s, then left alone.

        Raises OSError if the log could not be written.
        """
        self._thread.join(_AFTER_THE_END_SECONDS)
        if self._thread.is_alive():
            self._say("The command ended, but a process it left behind keeps its output open; no more of it is shown.")
        if self._failure:
            raise self._failure

    def _read(self) -> None:
        while chunk := self._chunk():
            self._take(chunk)
        self._show(self._rest)

    def _chunk(self) -> bytes:
        try:
            return bytes(self._pipe.read1(_CHUNK_BYTES))
        except (OSError, ValueError):
            return b""

    def _take(self, chunk: bytes) -> None:
        """Shows the whole lines and keeps the rest; of a line that is too long, nothing is kept."""
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        if end:
            lines = self._rest + chunk[:end]
            if self._left_out:
                first, _, lines = lines.replace(b"\r", b"\n").partition(b"\n")
                self._show(b"(a line of %d bytes was left out)" % (self._left_out + len(first)))
                self._left_out = 0
            self._show(lines)
            self._rest = chunk[end:]
        else:
            self._rest += chunk
        if self._left_out or len(self._rest) > LONGEST_LINE_BYTES:
            self._left_out += len(self._rest)
            self._rest = b""

    def _show(self, lines: bytes) -> None:
        """Shows lines. Where the log cannot be written, reading goes on: a full pipe would stop the program."""
        if lines and not self._failure:
            text = lines.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n").removesuffix("\r")
            try:
                self._say(text)
            except OSError as error:
                self._failure = error
