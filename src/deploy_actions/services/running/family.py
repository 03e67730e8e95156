"""The program and all that descends from it, as its keeper, their parent in the end, signals and reaps them."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from deploy_actions.services.running.descendants import children, descendants, sees_descendants


class Family:
    """Members are the keeper's descendants; where those cannot be seen, the program's process group.

    `code` is the program's exit code, a signal's number with a minus, once it ended; `is_gone` says that no member is
    left, or, where orphans do not come to the keeper, that the program is not.
    """

    def __init__(self, pid: int) -> None:
        self._program = pid
        self.code: int | None = None
        self.is_gone = False

    def reap(self) -> None:
        """Takes the ends of those that ended; that of the program becomes `code`, and no other is taken for it."""
        while not self.is_gone:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.is_gone = True
                return
            if pid == 0:
                return
            if pid == self._program:
                self.code = os.waitstatus_to_exitcode(status)

    def signal(self, number: int) -> None:
        """Sends a signal to every member: to the program's group at one moment, to the others one by one."""
        by_group = self.code is None or not sees_descendants()
        if by_group:
            _sent(os.killpg, self._program, number)
        for process in descendants():
            if not by_group or process.group != self._program:
                _sent(os.kill, process.pid, number)

    def kill(self) -> bool:
        """Sends SIGKILL to every member; False where all that run may not be killed, being another user's.

        This process's children first: one that does nothing but fork and end is there for a moment only. Nothing need
        be stopped before it is killed: what it had forked is found the next time, as an orphan.
        """
        for pid in children():
            _sent(os.kill, pid, signal.SIGKILL)
        if not sees_descendants():
            return _sent(os.killpg, self._program, signal.SIGKILL)
        if self.code is None:
            _sent(os.killpg, self._program, signal.SIGKILL)
        taken = [_sent(os.kill, process.pid, signal.SIGKILL) or process.has_ended for process in descendants()]
        return not taken or any(taken)

    def running(self) -> int:
        """How many members still run."""
        return 0 if self.is_gone else sum(not process.has_ended for process in descendants())


def _sent(send: Callable[[int, int], None], target: int, number: int) -> bool:
    """Whether the target took the signal, or was not there any more."""
    with suppress(ProcessLookupError):
        try:
            send(target, number)
        except PermissionError:
            return False
    return True
