"""The process that a keeper works for: forks it, orders and hears it, and sees it out."""

import gc
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from deploy_actions.core.service_errors import NotFound, Refused, Unreachable
from deploy_actions.services.running.keeper import Job, KeepersEnds, keep
from deploy_actions.services.running.messages import Closed, Failed, Message, Started, receive
from deploy_actions.services.running.signals import do_nothing
from deploy_actions.services.running.wiping import wipe

STOPPING = (signal.SIGINT, signal.SIGTERM)
_MANY_FILES = 65_536
_FAILURES = {kind.__name__: kind for kind in (NotFound, Refused, Unreachable)}


class Keeping:
    """A keeper. `reports` and `output` are the pipes in which its messages and the program's output come."""

    def __init__(self, pid: int, ends: KeepersEnds) -> None:
        """A keeper's process id, and this process's ends of the pipes."""
        self.reports = ends.reports
        self.output = ends.output
        self.closed: Closed | None = None
        self._orders = ends.orders
        self._pid = pid
        self._started: Started | None = None

    def start(self) -> None:
        """Waits for the program's start. Raises `NotFound`, `Refused`, `Unreachable`."""
        message = self.message()
        if isinstance(message, Failed):
            raise _FAILURES[message.kind]("the host", message.operation, message.cause)
        if isinstance(message, Started):
            self._started = message

    def message(self) -> Message:
        """The next message, which is waited for. Raises `Unreachable` where the keeper itself was ended."""
        message = receive(self.reports)
        if message is None:
            raise Unreachable("the host", "watching the command", "the process that keeps it ended")
        return message

    def order(self, order: int) -> None:
        """Has the keeper send a signal to all that runs, or leave."""
        with suppress(BrokenPipeError):  # it was ended; `message` says so
            os.write(self._orders, bytes((order,)))

    def see_out(self) -> None:
        """Waits for the keeper's end; without the order to leave, it first kills all that runs. See `closed`."""
        os.close(self._orders)
        while message := receive(self.reports):
            self.closed = message if isinstance(message, Closed) else None
        os.waitpid(self._pid, 0)
        os.close(self.reports)
        os.close(self.output)
        if self._started and not self.closed:
            self._do_its_work(self._started)

    def _do_its_work(self, started: Started) -> None:
        """What can be done in the place of a keeper that was ended: daemons are not found any more."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(started.pid, signal.SIGKILL)
        if started.folder:
            wipe(started.folder)


@contextmanager
def keeping(job: Job) -> Iterator[Keeping]:
    """A keeper whose program is started; at the end nothing of it is left but what it was ordered to leave.

    Raises `NotFound`, `Refused`, `Unreachable`.
    """
    keeper = _forked(job)
    try:
        keeper.start()
        yield keeper
    finally:
        keeper.see_out()


def _forked(job: Job) -> Keeping:
    """No signal may come to the fork before it is deaf to them: it would tell this process a second time."""
    (orders, ordering), (reporting, reports), (output, printing) = os.pipe(), os.pipe(), os.pipe()
    theirs, ours = KeepersEnds(orders, reports, printing), KeepersEnds(ordering, reporting, output)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        pid = os.fork()
        if pid == 0:
            _be_the_keeper(job, theirs, before)
    except OSError as error:
        for end in ours:
            os.close(end)
        raise Unreachable("the host", "starting the command", error.strerror or "the system refused") from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for end in theirs:
            os.close(end)
    return Keeping(pid, ours)


def _be_the_keeper(job: Job, ends: KeepersEnds, mask: set[signal.Signals | int]) -> NoReturn:
    """Nothing of this process goes on in the fork: no signals, no open files, no session, no end of its own."""
    try:
        gc.disable()  # what is thrown away would close files, by numbers that are others' by then
        os.setsid()
        for number in STOPPING:
            signal.signal(number, do_nothing)
        signal.set_wakeup_fd(-1)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _close_all_but(ends)
        keep(job, ends)
    finally:
        os._exit(0)


def _close_all_but(kept: KeepersEnds) -> None:
    """The standard streams lead nowhere then: this process's own would be held open."""
    for file in _open_files():
        if file not in kept:
            with suppress(OSError):
                os.close(file)
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004  # the standard streams
        pass
    os.close(opened)


def _open_files() -> Iterable[int]:
    """The numbers that may be open; Linux and macOS have a list, and without it there may be a million to try."""
    try:
        return [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208  # pathlib is not loaded for this
    except OSError:
        return range(_MANY_FILES)
