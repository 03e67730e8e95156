"""The outside worlds an action may touch, all on one page, and the errors they raise.

    ServiceError            names service, operation and cause; never a body, never a credential
    ├── Unreachable         no connection, no answer in time, or a server's own failure (5xx)
    ├── Refused             401, 403, or the operating system's "permission denied"
    ├── NotFound            404, 410, or no such program or folder
    ├── RateLimited         429, with `retry_after` in seconds where the service says so
    └── Malformed           an answer that is not what the service documents, or a redirect to another host

A room receives ports as parameters of `run`; `services/<port>.py` holds the real one, `tests/fakes.py` a fake one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from deploy_actions.core.secret import Secret


class ServiceError(Exception):
    """A question to the outside world that got no usable answer."""

    def __init__(self, service: str, operation: str, cause: str) -> None:
        super().__init__(f"{operation}: {cause}")
        self.service = service
        self.operation = operation
        self.cause = cause


class Unreachable(ServiceError):
    """No connection, no complete answer in time, or the server's own failure."""


class Refused(ServiceError):
    """The credential or the process may not do this."""


class NotFound(ServiceError):
    """What was asked for does not exist, or may not be seen."""


class RateLimited(ServiceError):
    """The service asked to slow down. `retry_after` is in seconds, None if it did not say."""

    def __init__(self, service: str, operation: str, cause: str, retry_after: int | None = None) -> None:
        super().__init__(service, operation, cause)
        self.retry_after = retry_after


class Malformed(ServiceError):
    """The answer cannot be read, or would lead elsewhere."""


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class Secrets(Protocol):
    """The secret values handed to this step, by name."""

    def value(self, name: str) -> Secret | None:
        """The value of a secret; None when it is unset or empty, which are the same on the platform.

        Raises `Malformed` when the value is not UTF-8 text.
        """

    def slot_names(self) -> tuple[str, ...]:
        """The names that a reusable workflow handed over in its numbered slots, in order; empty elsewhere."""


class ProcessEnd(msgspec.Struct, frozen=True):
    """How a program ended.

    `exit_status` is 128 and the signal's number when a signal ended it, as shells say it; `signal` is then that
    signal's name, else None.
    """

    exit_status: int
    signal: str | None
    seconds: float


class Processes(Protocol):
    """Programs on this host. Their output goes to the log, redacted, and cannot give the runner commands."""

    def run(
        self,
        command: Sequence[str],
        *,
        directory: str,
        variables: Sequence[str],
        secrets: Mapping[str, Secret],
    ) -> ProcessEnd:
        """Runs `command` without a shell, to its end, in `directory`.

        Its environment holds `secrets` and, of this process's variables, those named in `variables` (`LC_*` names
        a prefix); nothing else. Raises `NotFound` for no such program or folder, `Refused` when it may not be run.
        """


class HttpResponse(msgspec.Struct, frozen=True):
    """An answer with a status from 200 to 299. `headers` have lower-case names; `body` is at most 1 MiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """Servers that answer HTTP. Credentials never follow a redirect to another host."""

    def get(self, url: str, *, credential: Secret | None = None, accept: str = "application/json") -> HttpResponse:
        """GETs `url`, with `credential` as a bearer token. One attempt, 10 seconds in all.

        Raises any leaf of `ServiceError`: every status outside 200 to 299, and every body that is not `accept`.
        """
