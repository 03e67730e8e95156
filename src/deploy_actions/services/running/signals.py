"""Signals as bytes of a pipe, so that one wait is for them and for all else."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_MANY = 256


class SignalPipe:
    """A pipe in which the numbers of some signals come; `select` takes it as it is."""

    def __init__(self, reading: int, numbers: tuple[int, ...]) -> None:
        self._reading = reading
        self._numbers = numbers

    def fileno(self) -> int:
        """The end to wait for."""
        return self._reading

    def taken(self) -> tuple[int, ...]:
        """The signals that came and were not yet taken, in order."""
        try:
            return tuple(number for number in os.read(self._reading, _MANY) if number in self._numbers)
        except BlockingIOError:
            return ()


@contextmanager
def signals_in_a_pipe(*numbers: int) -> Iterator[SignalPipe]:
    """While inside, each of these signals is a byte of the pipe that is given, and does nothing else.

    The interpreter writes it at once, in whichever thread the signal came; a handler would wait for the main thread,
    which may be waiting itself.
    """
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    waking = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    before = {number: signal.signal(number, do_nothing) for number in numbers}
    try:
        yield SignalPipe(reading, numbers)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        signal.set_wakeup_fd(waking)
        os.close(reading)
        os.close(writing)


def do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Handles a signal. Unlike one that is ignored, it is not ignored by programs that are started."""


def signal_name(number: int) -> str:
    """As in `SIGTERM`; `signal 40` for one that has no name."""
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
