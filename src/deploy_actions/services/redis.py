"""Servers of Redis, through redis-py: AUTH and PING, and no other command."""

import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from deploy_actions.core.ports import Redis
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, ServiceError, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.connection import LIMIT_SECONDS, Attempt
from deploy_actions.services.login import Login, read_login

if TYPE_CHECKING:
    import redis

_PORT = 6379
_NO_REDIS = "its answer is not Redis's"
_NO_PASSWORD_SET = ("without any password configured", "no password is set")


class RedisServers:
    """One login. `rediss://` trusts the host's authorities."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit_seconds = limit_seconds

    def authenticate(self, dsn: Secret) -> None:
        """See `ports.Redis`."""
        login = read_login(dsn, ("redis", "rediss"), _PORT)
        attempt = Attempt(login.address, self._limit_seconds)
        try:
            import redis  # noqa: F401
        except ImportError:
            raise attempt.not_installed("redis") from None
        with attempt.connection() as sock, _channel(attempt, sock, login) as channel, _client(channel) as client:
            _log_in(attempt, client, login)


def connect(_world: World) -> Redis:
    """Redis servers."""
    return RedisServers()


@contextmanager
def _channel(attempt: Attempt, sock: socket.socket, login: Login) -> Iterator[socket.socket]:
    is_secured = login.scheme == "rediss"
    with attempt.secured(sock, ssl.create_default_context()) if is_secured else nullcontext(sock) as channel:
        yield channel


@contextmanager
def _client(channel: socket.socket) -> "Iterator[redis.Connection]":
    """A client on an open connection, which says nothing of its own accord: no HELLO, no CLIENT SETINFO."""
    import redis

    class Connection(redis.Connection):
        def _connect(self) -> socket.socket:
            return channel

    client = Connection(protocol=2, redis_connect_func=lambda connection: connection._parser.on_connect(connection))
    try:
        client.connect()
        yield client
    finally:
        client.disconnect()


def _log_in(attempt: Attempt, client: "redis.Connection", login: Login) -> None:
    user = (login.user,) if login.user else ()
    _ask(attempt, client, "AUTH", *user, login.password)
    _ask(attempt, client, "PING")
    try:  # last, as servers before Redis 6 end the login by it
        _ask(attempt, client, "AUTH", *user, secrets.token_urlsafe())
    except Refused:
        return
    raise attempt.error(Refused, "it accepts any password, so that nothing is proven")


def _ask(attempt: Attempt, client: "redis.Connection", command: str, *words: str) -> None:
    """Sends a command and takes `OK` or `PONG` for an answer. Raises a leaf of ServiceError."""
    import redis

    try:
        client.send_command(command, *words, check_health=False)
        answer = client.read_response()
    except redis.exceptions.NoPermissionError:
        if command == "PING":  # only a user who is logged in may lack it
            return
        raise attempt.error(Refused, "it does not accept user and password") from None
    except Exception as error:
        # whatever redis-py stumbled over in what the server said
        raise _judged(attempt, error) from None
    if answer not in (b"OK", b"PONG"):
        raise attempt.error(Malformed, _NO_REDIS)


def _judged(attempt: Attempt, error: Exception) -> ServiceError:
    """By redis-py's classes for the servers' codes; the server's words are looked at, and not used."""
    import redis

    if isinstance(error, redis.AuthenticationError):
        if any(words in str(error) for words in _NO_PASSWORD_SET):
            return attempt.error(Refused, "it asks for no password, so that nothing is proven")
        return attempt.error(Refused, "it does not accept user and password")
    if isinstance(error, redis.exceptions.AuthenticationWrongNumberOfArgsError):
        return attempt.error(Malformed, "it knows no user names, as Redis before 6, and its address has one")
    if isinstance(error, redis.ConnectionError | redis.TimeoutError):
        return attempt.error(Unreachable, "it broke off, or has no room, or is still loading its data")
    return attempt.error(Malformed, _NO_REDIS)
