"""Servers of PostgreSQL, through pg8000: the login of its protocol, and nothing after it."""

import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from deploy_actions.core.ports import Postgres
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.connection import LIMIT_SECONDS, Attempt
from deploy_actions.services.login import Login, read_login

if TYPE_CHECKING:
    import socket
    from types import ModuleType

_PORT = 5432
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_WITHOUT_TLS = ("allow", "prefer")
_REQUEST_FOR_TLS = struct.pack("!ii", 8, 80877103)
_PROOFS = {3, 5, 12}
"""Messages that only come when a password decides: in clear text, as MD5, and the server's own proof in SCRAM."""

_LARGEST_MESSAGE = 64 * 1024
"""Far above any message of a login; what is no PostgreSQL claims to be longer."""


class PostgresServers:
    """One login. `sslmode` means what it means to libpq, and `verify-…` takes the host's authorities."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit_seconds = limit_seconds

    def authenticate(self, dsn: Secret) -> None:
        """See `ports.Postgres`."""
        login = read_login(dsn, ("postgres", "postgresql"), _PORT)
        attempt = Attempt(login.address, self._limit_seconds)
        mode = login.options.get("sslmode", "prefer")
        if mode not in _MODES or not login.user:
            cause = "its sslmode is none of PostgreSQL's" if login.user else "its address names no user"
            raise attempt.error(Malformed, cause)
        try:
            from pg8000 import core
        except ImportError:
            raise attempt.not_installed("pg8000") from None
        with attempt.connection() as sock, _channel(attempt, sock, mode) as channel:
            _log_in(attempt, core, _Messages(channel), login)


def connect(_world: World) -> Postgres:
    """PostgreSQL servers."""
    return PostgresServers()


@contextmanager
def _channel(attempt: Attempt, sock: "socket.socket", mode: str) -> "Iterator[socket.socket]":
    """The connection with TLS or without, as the mode asks and the server offers."""
    answer = b"N"
    if mode != "disable":
        sock.sendall(_REQUEST_FOR_TLS)
        answer = sock.recv(1)
    if answer == b"N" and mode not in ("disable", *_WITHOUT_TLS):
        raise attempt.error(Malformed, "it offers no TLS, which its address asks for")
    if answer not in (b"S", b"N"):
        raise EOFError if not answer else attempt.error(Malformed, "it does not speak PostgreSQL's protocol")
    with attempt.secured(sock, _context(mode)) if answer == b"S" else nullcontext(sock) as channel:
        yield channel


def _context(mode: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    if not mode.startswith("verify-"):
        context.verify_mode = ssl.CERT_NONE
    return context


class _Messages:
    """A connection as pg8000 wants one, which reads no more than a login can have."""

    def __init__(self, channel: "socket.socket") -> None:
        self._file = channel.makefile("rwb")
        self.write = self._file.write
        self.flush = self._file.flush

    def makefile(self, **_how: str) -> "_Messages":
        """Itself."""
        return self

    def read(self, size: int) -> bytes:
        """As a file. Raises ValueError for a size that no message of a login has."""
        if not 0 <= size <= _LARGEST_MESSAGE:
            raise ValueError
        return self._file.read(size)

    def close(self) -> None:
        """Closes the file; what is left unsent is given up."""
        with suppress(OSError):
            self._file.close()


def _log_in(attempt: Attempt, core: "ModuleType", messages: _Messages, login: Login) -> None:
    asked: set[int] = set()

    class Connection(core.CoreConnection):  # type: ignore[misc, name-defined]  # pg8000 has no types
        def handle_AUTHENTICATION_REQUEST(self, data: bytes, context: Any) -> None:  # noqa: N802
            asked.add(struct.unpack_from("!i", data)[0])
            super().handle_AUTHENTICATION_REQUEST(data, context)

    try:
        Connection(
            login.user,
            host=login.address.host,
            database=login.path or login.user,
            password=login.password,
            sock=messages,
            ssl_context=False,
        ).close()
    except Exception as error:
        # whatever pg8000 stumbled over in what the server said
        raise _judged(attempt, core, error) from None
    finally:
        messages.close()
    if not asked & _PROOFS:
        raise attempt.error(Refused, "it accepts any password, so that nothing is proven")


def _judged(attempt: Attempt, core: "ModuleType", error: Exception) -> Exception:
    """By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html; the server's words are not used."""
    if isinstance(error, OSError | EOFError):
        return error
    if isinstance(error, core.InterfaceError) and isinstance(error.__cause__ or error.__context__, OSError):
        return EOFError()
    if not isinstance(error, core.DatabaseError):
        is_end = isinstance(error, core.InterfaceError) and error.args == ("network error",)
        return EOFError() if is_end else attempt.error(Malformed, "its answer is not PostgreSQL's")
    state = str(error.args[0].get("C", "")) if isinstance(error.args[0], dict) else ""
    kinds: tuple[tuple[str, type[ServiceError], str], ...] = (
        ("28", Refused, "it does not accept user and password"),
        ("3D000", NotFound, "it has no such database"),
        ("57P03", Unreachable, "it is not ready to take connections"),
        ("53", Unreachable, "it has no room for another connection"),
    )
    for prefix, kind, cause in kinds:
        if state.startswith(prefix):
            return attempt.error(kind, cause)
    return attempt.error(Malformed, "it ended the login for a reason other than user and password")
