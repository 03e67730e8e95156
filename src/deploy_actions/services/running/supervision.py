"""Sees a program to its end: hands on signals, keeps its time, and says that it runs while it is silent."""

import math
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from deploy_actions.core.program import ProcessEnd, Program
from deploy_actions.services.running.heartbeat import Heartbeat
from deploy_actions.services.running.keeping import Keeping
from deploy_actions.services.running.messages import Ended, Gone
from deploy_actions.services.running.signals import SignalPipe, signal_name
from deploy_actions.services.running.stopping import Stopping


class Supervision:
    """Of one program, from its start on."""

    def __init__(self, program: Program, keeper: Keeping, silence: Callable[[], float]) -> None:
        now = time.monotonic()
        self._keeper = keeper
        self._started = now
        self._stopping = Stopping(program, now)
        self._heartbeat = Heartbeat(program.heartbeat_seconds, now, silence)
        self._ended: tuple[int, float] | None = None
        self._gone: Gone | None = None

    def to_the_end(self, signals: SignalPipe, say: Callable[[str], None]) -> ProcessEnd:
        """How the program ended, and all that descends from it if it was stopped.

        Raises `Unreachable` where the keeper was ended.
        """
        while not self._is_over():
            ready, _, _ = select.select((self._keeper.reports, signals.fileno()), (), (), self._wait())
            for number in signals.taken():
                self._hand_on(number)
            if self._keeper.reports in ready:
                self._hear()
            self._keep_time(say)
        if self._stopping.by:
            self._keeper.order(signal.SIGKILL)  # where descendants cannot be seen, the group may not be empty
        return self._end(say)

    def _is_over(self) -> bool:
        """A program that ended by itself may leave others running; one that was stopped is waited for with all."""
        return self._gone is not None or (self._ended is not None and not self._stopping.by)

    def _wait(self) -> float | None:
        now = time.monotonic()
        until = min(self._stopping.next, math.inf if self._ended else self._heartbeat.next(now))
        return None if until == math.inf else max(0.0, until - now)

    def _hand_on(self, number: int) -> None:
        self._stopping.told(number, time.monotonic())
        self._keeper.order(number)

    def _hear(self) -> None:
        message = self._keeper.message()
        if isinstance(message, Ended):
            self._ended = (message.code, time.monotonic())
        elif isinstance(message, Gone):
            self._gone = message

    def _keep_time(self, say: Callable[[str], None]) -> None:
        now = time.monotonic()
        due = None if self._is_over() else self._stopping.due(now)
        line = None if self._ended else self._heartbeat.line(now)
        if due is not None:
            self._keeper.order(due)
        if line is not None:
            threading.Thread(target=_said, args=(say, line), daemon=True).start()

    def _end(self, say: Callable[[str], None]) -> ProcessEnd:
        if self._gone and self._gone.left:
            say(counted(self._gone.left, "of the command could not be ended."))
        code, moment = self._ended or (-signal.SIGKILL, time.monotonic())
        return ProcessEnd(
            exit_status=code if code >= 0 else 128 - code,
            signal=None if code >= 0 else signal_name(-code),
            seconds=moment - self._started,
            stopped_by=self._stopping.by,
        )


def _said(say: Callable[[str], None], line: str) -> None:
    """In a thread of its own: a log that takes nothing must not keep the time from being kept."""
    with suppress(OSError):  # a log that cannot be written is said at the end
        say(line)


def counted(number: int, what: str) -> str:
    """So many processes, in words. None is named: a process may have put a secret into its title."""
    return f"{number} {'process' if number == 1 else 'processes'} {what}"
