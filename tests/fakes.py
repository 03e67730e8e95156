"""One fake for each port. They implement the same Protocols as the services, which mypy checks below."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from deploy_actions.core.leak_search import Leak, OverMasked, Plan, Unsearchable
from deploy_actions.core.log_ports import Downloads, LeakScanning, LogFiles
from deploy_actions.core.logs import Log
from deploy_actions.core.ports import (
    Clock,
    Files,
    Http,
    HttpRequest,
    HttpResponse,
    IdTokens,
    Masks,
    Probes,
    Processes,
    Progress,
    Secrets,
    Tasks,
    Tls,
)
from deploy_actions.core.probing import Answer, Ended, NoAnswer, Probe
from deploy_actions.core.program import ProcessEnd, Program
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, ServiceError
from deploy_actions.core.verdict import Location

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """Stands still, but for those who sleep."""

    def __init__(self, now: datetime = NOW, error: ServiceError | None = None) -> None:
        self._now = now
        self._error = error
        self.slept: list[float] = []

    def now(self) -> datetime:
        if self._error:
            raise self._error
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def monotonic(self) -> float:
        return self.now().timestamp()

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class FakeSecrets:
    """Holds the given values; `slots` are the names handed over by a reusable workflow."""

    def __init__(
        self, values: Mapping[str, str] | None = None, slots: tuple[str, ...] = (), error: ServiceError | None = None
    ) -> None:
        self._values = values or {}
        self._slots = slots
        self._error = error

    def value(self, name: str) -> Secret | None:
        if self._error:
            raise self._error
        return Secret(self._values[name]) if self._values.get(name) else None

    def fingerprint(self, value: Secret) -> str:
        return f"fingerprint-of-{len(value.reveal())}-characters"

    def slot_names(self) -> tuple[str, ...]:
        return self._slots


class FakeProcesses:
    """Ends every program as told, and remembers what was started."""

    def __init__(self, end: ProcessEnd | None = None, error: ServiceError | None = None) -> None:
        self._end = end or ProcessEnd(exit_status=0, signal=None, seconds=1.5)
        self._error = error
        self.programs: list[Program] = []

    def run(self, program: Program) -> ProcessEnd:
        if self._error:
            raise self._error
        self.programs.append(program)
        return self._end


class FakeHttp:
    """Gives every request the same answer."""

    def __init__(
        self, body: bytes = b"{}", error: ServiceError | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self._body = body
        self._error = error
        self._headers = headers or {}
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        if self._error:
            raise self._error
        return HttpResponse(status=200, headers={"content-type": request.accept, **self._headers}, body=self._body)


class FakeLogins:
    """Tls, Ssh, Postgres and Redis at once: accepts every credential, or raises the error; remembers each call."""

    def __init__(self, error: ServiceError | None = None, server_expires: datetime = NOW + timedelta(days=90)) -> None:
        self._error = error
        self._server_expires = server_expires
        self.calls: list[tuple[object, ...]] = []

    def authenticate(self, *args: object, **settings: object) -> datetime:
        self.calls.append((*args, settings))
        if self._error:
            raise self._error
        return self._server_expires


class FakeIdTokens:
    """Gives the same token for every audience."""

    def __init__(self, token: str = "", error: ServiceError | None = None) -> None:
        self._token = token
        self._error = error

    def token(self, audience: str) -> Secret:
        if self._error:
            raise self._error
        return Secret(self._token)


class FakeMasks:
    """Remembers what is to be masked."""

    def __init__(self, error: ServiceError | None = None) -> None:
        self._error = error
        self.values: list[str] = []

    def register(self, name: str, values: Sequence[Secret]) -> int:
        if self._error:
            raise self._error
        self.values += [value.reveal() for value in values]
        return len(values)


class FakeFiles:
    """Gives every file the same content, but for those that are absent, and those whose content is given by path."""

    def __init__(
        self,
        content: bytes = b"",
        error: ServiceError | None = None,
        absent: tuple[str, ...] = (),
        contents: Mapping[str, bytes] | None = None,
    ) -> None:
        self._content = content
        self._contents = contents or {}
        self._absent = absent
        self._error = error
        self.written: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        if self._error:
            raise self._error
        if path in self._absent:
            raise NotFound(f"the file {path}", "reading", "there is no such file")
        return self._contents.get(path, self._content)

    def write(self, path: str, content: bytes) -> None:
        if self._error:
            raise self._error
        self.written[path] = content


class FakeLog:
    """A log that gives its chunks; then the error, if there is one."""

    def __init__(self, path: str, chunks: Sequence[bytes], error: ServiceError | None = None) -> None:
        self.place = Location(path=path)
        self._chunks = chunks
        self._error = error

    def chunks(self) -> Iterator[bytes]:
        yield from self._chunks
        if self._error:
            raise self._error


class FakeDownloads:
    """Gives every request the same pieces, by its address if there are some for that; errors before or half-way."""

    def __init__(
        self,
        pieces: Sequence[bytes] = (),
        error: ServiceError | None = None,
        half_way: ServiceError | None = None,
        errors_first: Sequence[ServiceError] = (),
    ) -> None:
        self._pieces = pieces
        self._error = error
        self._half_way = half_way
        self._errors_first = list(errors_first)
        self.requests: list[HttpRequest] = []

    @contextmanager
    def open(self, request: HttpRequest) -> Iterator[Iterator[bytes]]:
        self.requests.append(request)
        if self._errors_first:
            raise self._errors_first.pop(0)
        if self._error:
            raise self._error
        yield FakeLog("", self._pieces, self._half_way).chunks()


class FakeLogFiles:
    """Gives the same content for every path, or none; the error comes before, or when the log was read half."""

    def __init__(
        self, content: bytes | None = b"", error: ServiceError | None = None, half_way: ServiceError | None = None
    ) -> None:
        self._content = content
        self._error = error
        self._half_way = half_way

    def logs(self, paths: Sequence[str]) -> Iterator[Log]:
        if self._error:
            raise self._error
        if self._content is not None:
            yield from (FakeLog(path, [self._content] if self._content else [], self._half_way) for path in paths)


class FakeSearcher:
    """Finds plain values, line by line."""

    def __init__(self, plan: Plan, error: ServiceError | None = None) -> None:
        self.unsearchable: tuple[Unsearchable, ...] = ()
        self._plan = plan
        self._error = error

    def search(self, log: Iterable[bytes]) -> Iterator[Leak | OverMasked]:
        text = b"".join(log)
        if self._error:
            raise self._error
        for number, line in enumerate(text.splitlines(), 1):
            for target in self._plan.targets:
                if target.value.reveal().encode() in line:
                    yield Leak(
                        line=number, column=1, last_line=number, form="plain", value=target.value, secret=target.name
                    )


class FakeLeakScanning:
    """An engine that finds plain values, or fails when it is made ready, or when it searches."""

    def __init__(self, error: ServiceError | None = None, while_searching: ServiceError | None = None) -> None:
        self._error = error
        self._while_searching = while_searching

    def searcher(self, plan: Plan) -> FakeSearcher:
        if self._error:
            raise self._error
        return FakeSearcher(plan, self._while_searching)


T = TypeVar("T")


class FakeTasks:
    """Does one after the other."""

    def __init__(self, error: ServiceError | None = None) -> None:
        self._error = error

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> "list[T | ServiceError]":
        return [self._outcome(task) for task in tasks]

    def _outcome(self, task: Callable[[], T]) -> "T | ServiceError":
        try:
            return self._error or task()
        except ServiceError as error:
            return error


Script = Callable[[Probe, int], tuple[float, Mapping[str, Answer | NoAnswer]]]


GOOD_BODY = b'{"status": "ok"}'


def well(_probe: Probe, _attempt: int) -> tuple[float, Mapping[str, Answer | NoAnswer]]:
    """Every target answers 200 after 50 ms."""
    return 0.05, {"": Answer(seconds=0.05, status=200, body=GOOD_BODY)}


def always(outcomes: Mapping[str, Answer | NoAnswer], seconds: float = 0.05) -> Script:
    """Every attempt takes so long and ends so; `math.inf`: it never ends, not even at its limit."""
    return lambda _probe, _attempt: (seconds, outcomes)


class FakeProbes:
    """Ends each attempt as the script says for its probe and its number from 0; only the fake clock passes."""

    def __init__(self, clock: FakeClock, script: Script = well, error: ServiceError | None = None) -> None:
        self.clock = clock
        self._script = script
        self._error = error
        self._ends: list[tuple[float, float, int, Mapping[str, Answer | NoAnswer]]] = []
        self._attempts: dict[int, int] = {}
        self.started: list[tuple[float, int, Probe]] = []
        self.most_in_flight = 0
        self.stopped = False

    def start(self, key: int, probe: Probe, limit_seconds: float) -> None:
        if self._error:
            raise self._error
        now = self.clock.monotonic()
        attempt = self._attempts[key] = self._attempts.get(key, -1) + 1
        seconds, outcomes = self._script(probe, attempt)
        if limit_seconds < seconds < math.inf:
            seconds, outcomes = limit_seconds, {"": NoAnswer("no answer in time")}
        self._ends.append((now + seconds, seconds, key, outcomes))
        self.started.append((now, key, probe))
        self.most_in_flight = max(self.most_in_flight, len(self._ends))

    def ended(self, within_seconds: float) -> Sequence[Ended]:
        if self._error:
            raise self._error
        now = self.clock.monotonic()
        until = min([now + within_seconds, *(max(end, now) for end, *_ in self._ends)])
        self.clock.advance(until - now + 1e-6)
        over = [one for one in self._ends if one[0] <= until + 1e-6]
        self._ends = [one for one in self._ends if one not in over]
        return [Ended(key, seconds, outcomes) for _, seconds, key, outcomes in over]

    def stop(self) -> None:
        self.stopped = True
        self._ends = []


class FakeProgress:
    """Remembers what was shown."""

    def __init__(self, error: ServiceError | None = None) -> None:
        self._error = error
        self.lines: list[str] = []
        self.tables: list[Sequence[Sequence[str]]] = []

    def line(self, text: str) -> None:
        if self._error:
            raise self._error
        self.lines.append(text)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        if self._error:
            raise self._error
        self.tables.append(rows)


_CLOCK: type[Clock] = FakeClock
_SECRETS: type[Secrets] = FakeSecrets
_PROCESSES: type[Processes] = FakeProcesses
_HTTP: type[Http] = FakeHttp
_TLS: type[Tls] = FakeLogins
_ID_TOKENS: type[IdTokens] = FakeIdTokens
_FILES: type[Files] = FakeFiles
_MASKS: type[Masks] = FakeMasks
_TASKS: type[Tasks] = FakeTasks
_PROBES: type[Probes] = FakeProbes
_PROGRESS: type[Progress] = FakeProgress
_DOWNLOADS: type[Downloads] = FakeDownloads
_LOG_FILES: type[LogFiles] = FakeLogFiles
_LEAK_SCANNING: type[LeakScanning] = FakeLeakScanning
