"""Targets whose health is asked: all attempts in one event loop, which runs while their ends are waited for."""

import asyncio
import atexit
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from deploy_actions.core.ports import Probes
from deploy_actions.core.probing import (
    Answer,
    CommandProbe,
    DnsProbe,
    Ended,
    GrpcProbe,
    HttpProbe,
    NoAnswer,
    Probe,
    TcpProbe,
    TlsProbe,
)
from deploy_actions.core.world import World
from deploy_actions.services.probing import commands
from deploy_actions.services.probing.dialling import Contexts, Dialler, Trust, resolving_limit
from deploy_actions.services.probing.excerpts import excerpt
from deploy_actions.services.probing.failures import Stage, no_answer
from deploy_actions.services.probing.requests import Asker
from deploy_actions.services.probing.signals import held_back

MOST_IN_FLIGHT = 500
_STOPPING_SECONDS = 2.0
"""The runner kills 10 seconds after its first signal; an attempt that does not end by then is left."""


class TargetProbes:
    """Probes with an event loop of their own, in the caller's thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _loop, _context: None)  # its log shows servers' words
        self._room = asyncio.Semaphore(MOST_IN_FLIGHT)
        self._resolving = resolving_limit()
        self._contexts = Contexts()
        self._excerpt = partial(excerpt, redactor=world.redactor)
        self._asker = Asker(self._dialler, world.environ, self._excerpt)
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: list[Ended] = []
        self._some = asyncio.Event()
        atexit.register(self.stop)

    def start(self, key: int, probe: Probe, limit_seconds: float) -> None:
        """See `ports.Probes`."""
        task = self._loop.create_task(self._attempt(key, probe, limit_seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def ended(self, within_seconds: float) -> Sequence[Ended]:
        """See `ports.Probes`."""
        with held_back(self._wake):
            self._loop.run_until_complete(self._wait(within_seconds))
        over, self._over = self._over, []
        self._some.clear()
        return over

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._some.set)

    def stop(self) -> None:
        """See `ports.Probes`."""
        if self._loop.is_closed():
            return
        atexit.unregister(self.stop)
        self._loop.run_until_complete(_cancelled(set(self._tasks)))  # each ends what it has started
        self._loop.run_until_complete(_cancelled(asyncio.all_tasks(self._loop)))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _wait(self, within_seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self._some.wait()

    async def _attempt(self, key: int, probe: Probe, limit_seconds: float) -> None:
        async with self._room:
            started = time.perf_counter()
            try:
                outcomes = await self._outcomes(probe, self._loop.time() + limit_seconds)
            except Exception:  # an attempt that raised would never end; what it says can hold anything
                outcomes = {"": NoAnswer("the question could not be put", is_ours=True)}
        self._over.append(Ended(key, time.perf_counter() - started, outcomes))
        self._some.set()

    async def _outcomes(self, probe: Probe, end: float) -> Mapping[str, Answer | NoAnswer]:
        if isinstance(probe, HttpProbe):
            return await self._asker.ask(probe, end)
        if isinstance(probe, CommandProbe):
            return {"": await commands.run(probe, end, self._world.environ, self._excerpt)}
        dialler = self._dialler(end)
        started = time.perf_counter()
        try:
            async with asyncio.timeout_at(end):
                answer = await _asked(probe, dialler)
        except Exception as error:  # whatever a hostile server brings about is its answer
            return {"": no_answer(error, dialler.stage)}
        return {"": _timed(answer, time.perf_counter() - started)}

    def _dialler(self, end: float) -> Dialler:
        return Dialler(self._contexts, self._resolving, end)


def connect(world: World) -> Probes:
    """The targets that this host can reach."""
    return TargetProbes(world)


async def _asked(probe: TcpProbe | TlsProbe | DnsProbe | GrpcProbe, dialler: Dialler) -> Answer:
    if isinstance(probe, DnsProbe):
        return Answer(seconds=0, addresses=tuple(await dialler.addresses(probe.host, 0)))
    if isinstance(probe, TcpProbe):
        async with dialler.connection(probe.address):
            return Answer(seconds=0)
    host = probe.address.host
    if isinstance(probe, TlsProbe):
        async with dialler.connection(probe.address, Trust(host, probe.authorities)) as connection:
            return Answer(seconds=0, certificate_ends=connection.certificate_ends)
    from deploy_actions.services.probing import grpc  # h2, 30 ms, which only gRPC pays for

    trust = Trust(host, probe.authorities, "h2") if probe.tls else None
    async with dialler.connection(probe.address, trust) as connection:
        dialler.stage = Stage.ASKING
        status = await grpc.check(
            connection.reader, connection.writer, str(probe.address), probe.service, tls=probe.tls
        )
        return Answer(seconds=0, status=status, certificate_ends=connection.certificate_ends)


def _timed(answer: Answer, seconds: float) -> Answer:
    return Answer(
        seconds=seconds,
        status=answer.status,
        addresses=answer.addresses,
        certificate_ends=answer.certificate_ends,
    )


async def _cancelled(tasks: "set[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_STOPPING_SECONDS)
