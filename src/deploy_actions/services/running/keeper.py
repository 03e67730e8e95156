"""The keeper of a program: its parent, which outlives the process it works for and leaves nothing behind.

It runs in a fork of that process. To it Linux gives every orphan among the program's descendants, so that a daemon is
found however often it forked. A guardian beside the program would not do: once the process that the program belongs to
is killed (signal 9), nobody knows any more whose the daemons were.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from typing import NamedTuple

from deploy_actions.core.program import Program
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.services.running.descendants import adopt_orphans
from deploy_actions.services.running.family import Family
from deploy_actions.services.running.leftovers import wipe_leftovers
from deploy_actions.services.running.messages import LEAVE, Closed, Ended, Failed, Gone, Started, send
from deploy_actions.services.running.private_places import private_places
from deploy_actions.services.running.secret_files import SecretFolder, make_secret_files
from deploy_actions.services.running.signals import SignalPipe, signals_in_a_pipe
from deploy_actions.services.running.starting import start

_ORDERS_OF_NOBODY = bytes((signal.SIGKILL, LEAVE))
_KILLING_SECONDS = 10.0
_LOOK_UP_SECONDS = 0.01
_ENDING_SECONDS = 0.1
_MANY = 64


class Job(NamedTuple):
    """What a keeper is to start, with this environment; `environ` is that of the process it works for."""

    program: Program
    environment: Mapping[str, str]
    environ: Mapping[str, str]


class KeepersEnds(NamedTuple):
    """Of the pipes to the process it works for, the keeper's ends."""

    orders: int
    reports: int
    output: int


def keep(job: Job, ends: KeepersEnds) -> None:
    """Makes the private files, starts the program, does what it is ordered until it may leave, and wipes the files."""
    folder: SecretFolder | None = None
    failed: Failed | None = None
    left = 0
    adopt_orphans()
    with signals_in_a_pipe(signal.SIGCHLD) as deaths:
        try:
            folder = _secret_folder(job)
            process = _started(job, folder, ends)
            left = _Watch(process, ends, deaths).until_it_may_leave(folder)
        except ServiceError as error:
            failed = Failed(type(error).__name__, error.operation, error.cause)
        finally:
            is_wiped = folder.wipe() if folder else True
    send(ends.reports, failed or Closed(left, is_wiped))


def _secret_folder(job: Job) -> SecretFolder | None:
    if not job.program.secret_files:
        return None
    places = tuple(private_places(job.environ))
    wipe_leftovers(places)
    return make_secret_files(job.program.secret_files, places)


def _started(job: Job, folder: SecretFolder | None, ends: KeepersEnds) -> "subprocess.Popen[bytes]":
    paths = {name: f"{folder.path}/{name}" for name in job.program.secret_files} if folder else {}
    process = start(job.program.command, job.program.directory, {**job.environment, **paths}, ends.output)
    os.close(ends.output)  # else the output would not end with those that print
    return process


class _Watch:
    """Obeys orders and reports ends, until it may leave."""

    def __init__(self, process: "subprocess.Popen[bytes]", ends: KeepersEnds, deaths: SignalPipe) -> None:
        self._process = process  # kept, since one that is thrown away is waited for by whoever starts the next
        self._family = Family(process.pid)
        self._ends = ends
        self._deaths = deaths
        self._is_told = {Ended: False, Gone: False}

    def until_it_may_leave(self, folder: SecretFolder | None) -> int:
        """Returns how many processes are left running."""
        try:
            send(self._ends.reports, Started(self._process.pid, folder.path if folder else None))
            while True:
                ready, _, _ = select.select((self._ends.orders, self._deaths.fileno()), (), ())
                self._see_deaths()
                if self._ends.orders in ready:
                    for order in os.read(self._ends.orders, _MANY) or _ORDERS_OF_NOBODY:
                        if order == LEAVE:
                            return self._left()
                        self._obey(order)
        except BaseException:
            self._kill()
            raise

    def _left(self) -> int:
        """How many still run after a moment: what is about to end with the program is not left behind."""
        until = time.monotonic() + _ENDING_SECONDS
        while not self._family.is_gone and time.monotonic() < until:
            select.select((self._deaths,), (), (), _LOOK_UP_SECONDS)
            self._see_deaths()
        return self._family.running()

    def _obey(self, number: int) -> None:
        if number == signal.SIGKILL:
            self._kill()
        else:
            self._family.signal(number)

    def _kill(self) -> None:
        """Kills until nothing is left, or until only processes are left that may not be killed."""
        until = time.monotonic() + _KILLING_SECONDS
        while self._family.kill() and not self._family.is_gone and time.monotonic() < until:
            select.select((self._deaths,), (), (), _LOOK_UP_SECONDS)
            self._see_deaths()
        self._tell(Gone(self._family.running()))

    def _see_deaths(self) -> None:
        self._deaths.taken()
        self._family.reap()
        if self._family.code is not None:
            self._tell(Ended(self._family.code))
        if self._family.is_gone:
            self._tell(Gone(0))

    def _tell(self, message: Ended | Gone) -> None:
        """Reports it, once."""
        if not self._is_told[type(message)]:
            self._is_told[type(message)] = True
            send(self._ends.reports, message)
