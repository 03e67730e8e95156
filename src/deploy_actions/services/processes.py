"""Programs on this host: started without a shell, with an environment of their own, stopped with their children."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from deploy_actions.core.ports import ProcessEnd, Processes
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, Refused, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.output import Output

GRACE_SECONDS = 2.0
"""From SIGTERM to SIGKILL. The runner itself kills 2.5 s after SIGTERM (actions/runner, `ProcessInvoker`)."""


class HostProcesses:
    """Runs programs and streams what they print, line by line, to the log."""

    def __init__(self, world: World) -> None:
        self._world = world

    def run(
        self,
        command: Sequence[str],
        *,
        directory: str,
        variables: Sequence[str],
        secrets: Mapping[str, Secret],
    ) -> ProcessEnd:
        """See `ports.Processes`. A signal to this process goes on to the program and its children."""
        environment = environment_of(self._world.environ, variables) | {
            name: value.reveal() for name, value in secrets.items()
        }
        started = time.monotonic()
        with _signals_go_to_group() as group:
            process = _started(command, directory, environment)
            group.lead_by(process.pid)
            output = Output(process, self._world.say)
            returncode = process.wait()
            group.end_what_was_signalled()
            output.finish()
        return _end(returncode, time.monotonic() - started)


def environment_of(environ: Mapping[str, str], variables: Sequence[str]) -> dict[str, str]:
    """Of an environment, the variables that are named; `LC_*` names a prefix."""
    exact = {name for name in variables if not name.endswith("*")}
    prefixes = tuple(name[:-1] for name in variables if name.endswith("*"))
    return {name: value for name, value in environ.items() if name in exact or (prefixes and name.startswith(prefixes))}


def connect(world: World) -> Processes:
    """The programs of this host."""
    return HostProcesses(world)


def _started(command: Sequence[str], directory: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    operation = "starting the command"
    if not os.path.isdir(directory):  # noqa: PTH112  # False for a name too long, where Path.is_dir raises
        raise NotFound("the host", operation, f"there is no folder `{directory}`")
    try:
        return subprocess.Popen(  # an argument list of the caller's own; no shell reads it
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise NotFound("the host", operation, f"no program `{command[0]}` is found") from None
    except PermissionError:
        raise Refused("the host", operation, f"`{command[0]}` may not be executed") from None
    except OSError as error:
        raise Unreachable("the host", operation, error.strerror or "the system refused") from None


class _Group:
    """The process group that signals go to; what comes before there is one waits for it."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._waiting: list[int] = []
        self._signalled = False

    def lead_by(self, number: int) -> None:
        """The group of a program that was just started: its own process id."""
        self._number = number
        for waiting in self._waiting:
            self.signal(waiting)

    def signal(self, number: int, _frame: FrameType | None = None) -> None:
        """Sends a signal to the group; SIGTERM is followed by SIGKILL (which SIGALRM stands for) after the grace."""
        if self._number is None:
            self._waiting.append(number)
            return
        self._signalled = True
        self._send(signal.SIGKILL if number == signal.SIGALRM else number)
        if number == signal.SIGTERM:
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def end_what_was_signalled(self) -> None:
        """Kills what is left of the group when the program was told to stop; else a daemon of its own goes on."""
        if self._signalled:
            self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self._number is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._number, number)


@contextmanager
def _signals_go_to_group() -> Iterator[_Group]:
    """While inside, SIGINT and SIGTERM go to the program's group; entered before it starts, so that none is lost."""
    group = _Group()
    before = {number: signal.signal(number, group.signal) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
    try:
        yield group
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(returncode: int, seconds: float) -> ProcessEnd:
    if returncode >= 0:
        return ProcessEnd(exit_status=returncode, signal=None, seconds=seconds)
    return ProcessEnd(exit_status=128 - returncode, signal=_signal_name(-returncode), seconds=seconds)


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
