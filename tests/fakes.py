"""One fake for each port. They implement the same Protocols as the services, which mypy checks below."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from deploy_actions.core.ports import (
    Clock,
    Files,
    Http,
    HttpRequest,
    HttpResponse,
    IdTokens,
    Masks,
    ProcessEnd,
    Processes,
    Secrets,
    ServiceError,
    Tasks,
    Tls,
)
from deploy_actions.core.secret import Secret

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


class Call(msgspec.Struct, frozen=True):
    """What a program was started with."""

    command: tuple[str, ...]
    directory: str
    variables: tuple[str, ...]
    secrets: dict[str, str]


class FakeProcesses:
    """Ends every program as told, and remembers what was started."""

    def __init__(self, end: ProcessEnd | None = None, error: ServiceError | None = None) -> None:
        self._end = end or ProcessEnd(exit_status=0, signal=None, seconds=1.5)
        self._error = error
        self.calls: list[Call] = []

    def run(
        self, command: Sequence[str], *, directory: str, variables: Sequence[str], secrets: Mapping[str, Secret]
    ) -> ProcessEnd:
        if self._error:
            raise self._error
        revealed = {name: value.reveal() for name, value in secrets.items()}
        self.calls.append(Call(tuple(command), directory, tuple(variables), revealed))
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
    """Gives every file the same content."""

    def __init__(self, content: bytes = b"", error: ServiceError | None = None) -> None:
        self._content = content
        self._error = error

    def read(self, path: str) -> bytes:
        if self._error:
            raise self._error
        return self._content


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


_CLOCK: type[Clock] = FakeClock
_SECRETS: type[Secrets] = FakeSecrets
_PROCESSES: type[Processes] = FakeProcesses
_HTTP: type[Http] = FakeHttp
_TLS: type[Tls] = FakeLogins
_ID_TOKENS: type[IdTokens] = FakeIdTokens
_FILES: type[Files] = FakeFiles
_MASKS: type[Masks] = FakeMasks
_TASKS: type[Tasks] = FakeTasks
