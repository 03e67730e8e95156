"""One fake for each port. They implement the same Protocols as the services, which mypy checks below."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from deploy_actions.core.ports import Clock, Http, HttpResponse, ProcessEnd, Processes, Secrets, ServiceError
from deploy_actions.core.secret import Secret

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """Stands still."""

    def __init__(self, now: datetime = NOW, error: ServiceError | None = None) -> None:
        self._now = now
        self._error = error

    def now(self) -> datetime:
        if self._error:
            raise self._error
        return self._now


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

    def __init__(self, body: bytes = b"{}", error: ServiceError | None = None) -> None:
        self._body = body
        self._error = error

    def get(self, url: str, *, credential: Secret | None = None, accept: str = "application/json") -> HttpResponse:
        if self._error:
            raise self._error
        return HttpResponse(status=200, headers={"content-type": accept}, body=self._body)


_CLOCK: type[Clock] = FakeClock
_SECRETS: type[Secrets] = FakeSecrets
_PROCESSES: type[Processes] = FakeProcesses
_HTTP: type[Http] = FakeHttp
