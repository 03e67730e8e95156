"""The outside worlds an action may touch, all on one page. They raise `ServiceError` and its leaves, nothing else.

A room receives ports as parameters of `run`; `services/<port>.py` holds the real one, `tests/fakes.py` a fake one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, Self, TypeVar

import msgspec

from deploy_actions.core.addresses import Address
from deploy_actions.core.probing import Ended, Probe
from deploy_actions.core.program import ProcessEnd, Program
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import ServiceError


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Waits."""

    def monotonic(self) -> float:
        """Seconds from some moment on, which no correction of the time of day changes."""


class Secrets(Protocol):
    """The secret values handed to this step, by name."""

    def value(self, name: str) -> Secret | None:
        """The value of a secret; None when it is unset or empty, which are the same on the platform.

        Raises `Malformed` when the value is not UTF-8 text.
        """

    def fingerprint(self, value: Secret) -> str:
        """A keyed hash of the value, the same within this run only: it tells values apart and cannot be looked up."""

    def slot_names(self) -> tuple[str, ...]:
        """The names that a reusable workflow handed over in its numbered slots, in order; empty elsewhere."""


class Processes(Protocol):
    """Programs on this host. Their output goes to the log, redacted; the runner reads none but the named commands."""

    def run(self, program: Program) -> ProcessEnd:
        """Runs a program to its end, or until it is stopped.

        Raises `NotFound` for no such program or folder, `Refused` when it may not be run, `Unreachable` when the host
        cannot start it.
        """


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask. Credentials go in `secret_headers`, by header name, each with the words before it, as `Bearer `.

    `headers` are further ones, by name.
    `accept` is the media type that the body of the answer must have; `*/*` takes any, and an empty body is taken too.
    `expected` are the statuses that count as an answer; none given means 200 to 299. `authorities` are certificates in
    PEM that the server's may chain to, besides those of the host.
    """

    url: str
    method: Literal["GET", "POST", "PUT", "DELETE"] = "GET"
    headers: Mapping[str, str] = {}
    secret_headers: Mapping[str, tuple[str, Secret]] = {}
    body: bytes | None = None
    accept: str = "application/json"
    expected: tuple[int, ...] = ()
    authorities: str | None = None

    @classmethod
    def bearer(cls, url: str, credential: Secret, **more: Any) -> Self:
        """A request with a bearer token (RFC 6750)."""
        return cls(url=url, secret_headers={"Authorization": ("Bearer ", credential)}, **more)


class HttpResponse(msgspec.Struct, frozen=True):
    """An answer with a status that was expected. `headers` have lower-case names; `body` is at most 1 MiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """Servers that answer HTTP. Credentials never follow a redirect."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """One attempt, 10 seconds in all.

        Raises any leaf of `ServiceError`: every status that was not expected, and every body that is not `accept`.
        """


class Tls(Protocol):
    """Servers that ask for a client certificate in the TLS handshake."""

    def authenticate(
        self, address: Address, *, certificate: Secret, key: Secret, authorities: str | None = None
    ) -> datetime:
        """Shakes hands with the certificate and its key, both PEM, and closes; returns the end of the server's own.

        `authorities` are PEM certificates that the server's must chain to; None takes the host's. Raises `Refused` when
        the server does not accept the certificate, or none was asked for, so that nothing was proven; `Unreachable`;
        `Malformed` when the server's certificate cannot be trusted.
        """


class Ssh(Protocol):
    """Servers of SSH."""

    def authenticate(self, address: Address, *, user: str, key: Secret, host_key: str) -> None:
        """Exchanges keys and authenticates with a private key in OpenSSH's or PEM format, runs nothing, and closes.

        `host_key` is the server's public key, as in `ssh-ed25519 AAAA…`. Raises `Refused` when the server does not
        accept the key; `Malformed` for another host key; `Unreachable`; `NotInstalled`.
        """


class Postgres(Protocol):
    """Servers of PostgreSQL."""

    def authenticate(self, dsn: Secret) -> None:
        """Logs in at the address `postgres://user:password@host:port/database?sslmode=…` and closes.

        Raises `Refused` when the server does not accept user and password, `Unreachable`, `NotInstalled`.
        """


class Redis(Protocol):
    """Servers of Redis."""

    def authenticate(self, dsn: Secret) -> None:
        """Logs in at the address `redis://user:password@host:port`, or `rediss://` for TLS, and closes.

        Raises `Refused` when the server does not accept user and password, or asks for none, so that nothing was
        proven; `Unreachable`, `NotInstalled`.
        """


class IdTokens(Protocol):
    """The runner's issuer of OpenID Connect tokens."""

    def token(self, audience: str) -> Secret:
        """A token for this job. Raises `NotFound` where the job lacks the permission `id-token: write`."""


class Files(Protocol):
    """Files of this host."""

    def read(self, path: str) -> bytes:
        """The content of a file of at most 1 MiB; `-` is standard input.

        Raises `NotFound`, `Refused` where it may not be read, `Malformed` for a larger one or what is no file.
        """

    def write(self, path: str, content: bytes) -> None:
        """Makes the file, or puts the content whole in its place. Raises `NotFound` for no folder, `Refused`."""


class Masks(Protocol):
    """The runner's masks: what is registered shows as `***` in all that the job writes to its log from then on."""

    def register(self, name: str, values: Sequence[Secret]) -> int:
        """Registers each value, line by line; returns how many masks the runner was given.

        Nothing is registered, and 0 returned, where no runner reads the output.
        """


T = TypeVar("T")


class Tasks(Protocol):
    """Work side by side."""

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> "list[T | ServiceError]":
        """What each task returns, or the ServiceError it raised, in the order given; at most 16 at a time."""


class Probes(Protocol):
    """Targets whose health is asked, many at a time."""

    def start(self, key: int, probe: Probe, limit_seconds: float) -> None:
        """Begins one attempt, which ends by itself after `limit_seconds` at the latest; does not wait for it."""

    def ended(self, within_seconds: float) -> Sequence[Ended]:
        """The attempts that ended and were not yet given; if there is none, waits for the first, so long at most."""

    def stop(self) -> None:
        """Gives up what has not ended; no connection and no program is left."""


class Progress(Protocol):
    """Who watches while an action works."""

    def line(self, text: str) -> None:
        """Shows a line of text, redacted."""

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Shows a table, its first row the head, in place of the one before; nothing where there is no terminal."""
