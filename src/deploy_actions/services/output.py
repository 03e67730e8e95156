"""Streams what a program prints to the log, whole lines at a time, without ever making the program wait for long."""

import os
import selectors
import subprocess
import threading
from collections.abc import Callable

LONGEST_LINE_BYTES = 1024 * 1024
"""A line longer than this is left out and counted: a piece of it could show a piece of a secret."""

_CHUNK_BYTES = 64 * 1024
_AFTER_THE_END_SECONDS = 2.0
_LOOK_UP_SECONDS = 0.1


class Output:
    """Reads in a thread of its own. Lines end with a line feed or a carriage return, as the runner reads them."""

    def __init__(self, process: "subprocess.Popen[bytes]", say: Callable[[str], None]) -> None:
        self._process = process
        self._say = say
        self._rest = b""
        self._left_out = 0
        self._given_up = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Waits for the last lines. A process left behind that holds the output open is waited for 2 s, no longer.

        Raises OSError if the log could not be written.
        """
        self._thread.join(_AFTER_THE_END_SECONDS)
        held_open = self._thread.is_alive()
        self._given_up.set()
        self._thread.join()
        if self._process.stdout:
            self._process.stdout.close()
        if self._failure:
            raise self._failure
        if held_open:
            self._say("The command ended, but a process it left behind keeps its output open; no more of it is shown.")

    def _read(self) -> None:
        """Reads to the end of the output, or until it is given up."""
        if self._process.stdout is None:
            return
        pipe = self._process.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not self._given_up.is_set():
                if selector.select(_LOOK_UP_SECONDS):
                    chunk = os.read(pipe, _CHUNK_BYTES)
                    if not chunk:
                        break
                    self._take(chunk)
        self._show_left_out()
        self._show(self._rest)

    def _take(self, chunk: bytes) -> None:
        """Shows the whole lines and keeps the rest; of a line that is too long, nothing is kept."""
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        lines, rest = chunk[:end], chunk[end:]
        if lines and self._left_out:
            first, _, lines = lines.replace(b"\r", b"\n").partition(b"\n")
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
            self._show(b"(a line of %d bytes was left out)" % self._left_out)
            self._left_out = 0

    def _show(self, lines: bytes) -> None:
        """Shows lines. Where the log cannot be written, reading goes on: a full pipe would stop the program."""
        if lines and not self._failure:
            text = lines.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n").removesuffix("\r")
            try:
                self._say(text)
            except OSError as error:
                self._failure = error
