import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.servers import CANARY, HOSTILE, Authority, closed_port, dripping_server, failure, plain_server, redis_server

from deploy_actions.core.addresses import Address
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotInstalled, Refused, ServiceError, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services import redis
from deploy_actions.services.redis import RedisServers

PASSWORD, ENCODED = f"{CANARY}/@:?#%é", f"{CANARY}%2F%40%3A%3F%23%25%C3%A9"
USERS = (
    "--user deployer on +@all ~* >of-the-deployer",
    "--user narrow on -@all +get >of-the-narrow",
    "--user anyone on nopass +@all ~*",
    "--user former off +@all ~* >of-the-former",
)
AUTHORITY = Authority()
SERVERS = RedisServers()
IMPATIENT = RedisServers(limit_seconds=0.5)


def ask(dsn: str, servers: RedisServers = SERVERS) -> None:
    servers.authenticate(Secret(dsn))


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    options = " ".join(USERS).split()
    with redis_server("--requirepass", PASSWORD, *options) as address:
        yield address


@pytest.fixture(scope="module")
def open_server() -> Iterator[Address]:
    with redis_server() as address:
        yield address


@pytest.mark.parametrize(
    "login",
    [f":{ENCODED}", f"default:{ENCODED}", "deployer:of-the-deployer", "narrow:of-the-narrow"],
    ids=["no user", "default user", "user", "user who may not ping"],
)
@pytest.mark.parametrize("path", ["", "/0"])
def test_user_and_password_that_the_server_knows_are_accepted(server: Address, login: str, path: str) -> None:
    ask(f"redis://{login}@{server}{path}")


def test_the_service_that_is_connected_logs_in(server: Address) -> None:
    redis.connect(World({}, Redactor(), lambda line: None)).authenticate(Secret(f"redis://:{ENCODED}@{server}"))


@pytest.mark.parametrize(
    "login",
    [f":{CANARY}", f"default:{CANARY}", f"deployer:{CANARY}", f"nobody:{CANARY}", "former:of-the-former"],
)
def test_a_login_that_the_server_does_not_know_is_refused(server: Address, login: str) -> None:
    error = failure(Refused, lambda: ask(f"redis://{login}@{server}"))
    assert error.cause == "it does not accept user and password"
    assert (error.service, error.operation) == (str(server), "authenticating")


def test_a_server_without_a_password_proves_nothing(open_server: Address) -> None:
    error = failure(Refused, lambda: ask(f"redis://:{CANARY}@{open_server}"))
    assert error.cause == "it asks for no password, so that nothing is proven"


def test_a_user_whom_every_password_lets_in_proves_nothing(server: Address, open_server: Address) -> None:
    cause = "it accepts any password, so that nothing is proven"
    assert failure(Refused, lambda: ask(f"redis://default:{CANARY}@{open_server}")).cause == cause
    assert failure(Refused, lambda: ask(f"redis://anyone:{CANARY}@{server}")).cause == cause


def test_with_tls_the_hosts_authorities_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with redis_server("--requirepass", PASSWORD, pair=AUTHORITY.issue()) as address:
        dsn = f"rediss://:{ENCODED}@{address}"
        assert "no authority that is trusted" in failure(Malformed, lambda: ask(dsn)).cause
        (tmp_path / "authorities").write_text(AUTHORITY.certificate)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities"))
        ask(dsn)
        assert "another host" in failure(Malformed, lambda: ask(dsn.replace("127.0.0.1", "localhost"))).cause
        failure(Refused, lambda: ask(f"rediss://:{CANARY}@{address}"))


def test_a_server_without_tls_gets_no_password_where_the_address_asks_for_tls(server: Address) -> None:
    with pytest.raises(ServiceError) as raised:
        ask(f"rediss://:{ENCODED}@{server}", IMPATIENT)
    assert isinstance(raised.value, Malformed | Unreachable)


FAULTS: list[tuple[str, AbstractContextManager[Address], type[ServiceError], str]] = [
    ("closed", closed_port(), Unreachable, "refused"),
    ("silent", plain_server(None), Unreachable, "in time"),
    ("hangs up", plain_server(None, hangs_up=True), Unreachable, "broke off"),
    ("garbage", plain_server(HOSTILE + b"\r\n"), Malformed, "not Redis's"),
    ("HTTP", plain_server(b"HTTP/1.1 400 " + HOSTILE + b"\r\n"), Malformed, "not Redis's"),
    ("other answer", plain_server(b"+" + HOSTILE + b"\r\n"), Malformed, "not Redis's"),
    ("nested", plain_server(b"*1\r\n" * 5000), Malformed, "not Redis's"),
    ("broken off", plain_server(b"+O", hangs_up=True), Unreachable, "broke off"),
    ("endless", dripping_server(b"+words"), Unreachable, "in time"),
    ("loading", plain_server(b"-LOADING " + HOSTILE + b"\r\n"), Unreachable, "loading"),
    ("full", plain_server(b"-ERR max number of clients reached\r\n"), Unreachable, "no room"),
    ("older than users", plain_server(b"-ERR wrong number of arguments for 'auth' command\r\n"), Malformed, "before 6"),
    ("older than Redis 6", plain_server(b"-ERR invalid password\r\n"), Refused, "does not accept"),
    ("without a password", plain_server(b"-ERR Client sent AUTH, but no password is set\r\n"), Refused, "asks for no"),
    ("not allowed", plain_server(b"-NOPERM " + HOSTILE + b"\r\n"), Refused, "does not accept"),
    ("needs a login", plain_server(b"+OK\r\n-NOAUTH " + HOSTILE + b"\r\n"), Refused, "does not accept"),
    ("protected", plain_server(b"-DENIED " + HOSTILE + b"\r\n"), Malformed, "not Redis's"),
    ("lets everyone in", plain_server(b"+OK\r\n+PONG\r\n+OK\r\n"), Refused, "nothing is proven"),
    ("hangs up at the end", plain_server(b"+OK\r\n+PONG\r\n", hangs_up=True), Unreachable, "broke off"),
]


@pytest.mark.parametrize(("_name", "faulty", "kind", "cause"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_server_that_answers_badly_is_an_error_in_time(
    _name: str, faulty: AbstractContextManager[Address], kind: type[ServiceError], cause: str
) -> None:
    with faulty as address:
        started = time.monotonic()
        assert cause in failure(kind, lambda: ask(f"redis://user:{ENCODED}@{address}", IMPATIENT)).cause
        assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        "no address",
        f"http://:{CANARY}@cache.example",
        f"redis://:{CANARY}@",
        f"redis://:{CANARY}@cache.example:0",
        f"redis://:{CANARY}@cache.example:65536",
        f"redis://:{CANARY}@cache.example:port",
        f"redis://:{CANARY}#1@cache.example",
        f"redis://:{CANARY}\n@cache.example",
        f"redis://:{CANARY}%FF@cache.example",
        "redis://cache.example",
        "redis://user@cache.example",
    ],
)
def test_an_address_that_is_none_is_malformed(dsn: str) -> None:
    failure(Malformed, lambda: ask(dsn))


def test_without_the_client_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    cause = failure(NotInstalled, lambda: ask(f"redis://:{CANARY}@127.0.0.1")).cause
    assert cause == "the client redis is not installed; set `DEPLOY_ACTIONS_EXTRAS=probes`"
