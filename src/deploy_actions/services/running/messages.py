"""What a keeper reports to the process it works for, a JSON document a line, and the orders it takes, a byte each."""

import os
from contextlib import suppress

import msgspec

LEAVE = 0
"""The order to wipe the private files and go. Every other order is a signal's number, for all that runs."""


class Started(msgspec.Struct, frozen=True, tag=True):
    """The program runs: its process id, which is its group's too, and the folder of its private files, if any."""

    pid: int
    folder: str | None


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The program was not started, and nothing is left: the kind of the `ServiceError`, and what it says."""

    kind: str
    operation: str
    cause: str


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The program ended: with this exit code, or by the signal whose number it is with a minus."""

    code: int


class Gone(msgspec.Struct, frozen=True, tag=True):
    """Nothing that descends from the program runs; or, after SIGKILL, `left` processes that may not be killed."""

    left: int


class Closed(msgspec.Struct, frozen=True, tag=True):
    """The keeper's last word: the processes left running, and whether the private files are wiped."""

    left: int
    is_wiped: bool


Message = Started | Failed | Ended | Gone | Closed
_DECODER = msgspec.json.Decoder(Message)


def send(pipe: int, message: Message) -> None:
    """Writes a message. Nobody may be there to read it any more."""
    line = msgspec.json.encode(message) + b"\n"
    with suppress(OSError):
        while line:
            line = line[os.write(pipe, line) :]


def receive(pipe: int) -> Message | None:
    """The next message, which is waited for; None at the end of the pipe.

    Read byte by byte, so that nothing is kept that a wait for the pipe would not see; there are four messages in all.
    """
    line = bytearray()
    while byte := os.read(pipe, 1):
        if byte == b"\n":
            message: Message = _DECODER.decode(line)
            return message
        line += byte
    return None
