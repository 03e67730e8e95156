import struct
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.servers import (
    CANARY,
    HOSTILE,
    Authority,
    closed_port,
    dripping_server,
    failure,
    plain_server,
    postgres_server,
)

from deploy_actions.core.addresses import Address
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, NotInstalled, Refused, ServiceError, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services import postgres
from deploy_actions.services.postgres import PostgresServers

USER, PASSWORD = "deployer", f"{CANARY}/@:?#%é"
LOGIN = f"{USER}:{CANARY}%2F%40%3A%3F%23%25%C3%A9"
AUTHORITY = Authority()
SERVERS = PostgresServers()
IMPATIENT = PostgresServers(limit_seconds=0.5)


def ask(dsn: str, servers: PostgresServers = SERVERS) -> None:
    servers.authenticate(Secret(dsn))


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    with postgres_server(user=USER, password=PASSWORD, pair=AUTHORITY.issue()) as address:
        yield address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
@pytest.mark.parametrize("mode", ["", "?sslmode=disable", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require"])
def test_user_and_password_that_the_server_knows_are_accepted(server: Address, scheme: str, mode: str) -> None:
    ask(f"{scheme}://{LOGIN}@{server}/postgres{mode}")


def test_user_and_password_may_stand_in_the_query(server: Address) -> None:
    user, _, password = LOGIN.partition(":")
    ask(f"postgres://{server}/postgres?user={user}&password={password}")


def test_the_service_that_is_connected_logs_in(server: Address) -> None:
    service = postgres.connect(World({}, Redactor(), lambda line: None))
    service.authenticate(Secret(f"postgres://{LOGIN}@{server}/postgres"))


@pytest.mark.parametrize("mode", ["disable", "require"])
@pytest.mark.parametrize(
    ("login", "database"),
    [
        (f"{USER}:{CANARY}", "postgres"),
        (f"no-{LOGIN}", "postgres"),
        (LOGIN, "closed"),
    ],
    ids=["wrong password", "wrong user", "not let in"],
)
def test_a_login_that_the_server_does_not_know_is_refused(
    server: Address, login: str, database: str, mode: str
) -> None:
    error = failure(Refused, lambda: ask(f"postgres://{login}@{server}/{database}?sslmode={mode}"))
    assert error.cause == "it does not accept user and password"
    assert (error.service, error.operation) == (str(server), "authenticating")


@pytest.mark.parametrize("path", ["/none", "", "/"])
def test_a_database_that_does_not_exist_is_not_found_and_is_named_as_the_user_if_not_named(
    server: Address, path: str
) -> None:
    assert failure(NotFound, lambda: ask(f"postgres://{LOGIN}@{server}{path}")).cause == "it has no such database"


@pytest.mark.parametrize("mode", ["disable", "require"])
def test_a_server_that_asks_for_no_password_proves_nothing(server: Address, mode: str) -> None:
    dsn = f"postgres://{USER}:{CANARY}@{server}/template1?sslmode={mode}"
    assert "nothing is proven" in failure(Refused, lambda: ask(dsn)).cause


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_the_hosts_authorities_decide_where_the_address_asks_for_it(
    server: Address, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = f"postgres://{LOGIN}@{server}/postgres?sslmode={mode}"
    assert "no authority that is trusted" in failure(Malformed, lambda: ask(dsn)).cause
    (tmp_path / "authorities").write_text(AUTHORITY.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities"))
    ask(dsn)
    other = dsn.replace("127.0.0.1", "localhost")
    if mode == "verify-full":
        assert "another host" in failure(Malformed, lambda: ask(other)).cause
    else:
        ask(other)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_server_without_tls_gets_no_password_where_the_address_asks_for_tls(mode: str) -> None:
    with plain_server(b"N") as address:
        dsn = f"postgres://{LOGIN}@{address}/postgres?sslmode={mode}"
        assert "offers no TLS" in failure(Malformed, lambda: ask(dsn)).cause


def said(code: bytes, body: bytes) -> bytes:
    """A message of the protocol."""
    return code + struct.pack("!i", len(body) + 4) + body


def error_of(state: str) -> bytes:
    return said(b"E", b"SFATAL\0VFATAL\0C" + state.encode() + b"\0M" + HOSTILE + b"\0\0")


LETS_IN = said(b"R", struct.pack("!i", 0)) + said(b"Z", b"I")
FAULTS: list[tuple[str, AbstractContextManager[Address], type[ServiceError], str]] = [
    ("closed", closed_port(), Unreachable, "refused"),
    ("silent", plain_server(None), Unreachable, "in time"),
    ("hangs up", plain_server(None, hangs_up=True), Unreachable, "broke off"),
    ("garbage", plain_server(HOSTILE * 10), Malformed, "not PostgreSQL's"),
    ("HTTP", plain_server(b"HTTP/1.1 400 " + HOSTILE), Malformed, "not PostgreSQL's"),
    ("negative length", plain_server(b"R" + struct.pack("!i", -1)), Malformed, "not PostgreSQL's"),
    ("broken off", plain_server(b"R\0\0", hangs_up=True), Unreachable, "broke off"),
    ("endless", dripping_server(said(b"N", b"\0")), Unreachable, "in time"),
    ("unknown login", plain_server(said(b"R", struct.pack("!i", 7))), Malformed, "not PostgreSQL's"),
    ("starting", plain_server(error_of("57P03")), Unreachable, "not ready"),
    ("full", plain_server(error_of("53300")), Unreachable, "no room"),
    ("wrong password", plain_server(error_of("28P01")), Refused, "does not accept"),
    ("other error", plain_server(error_of("XX000")), Malformed, "a reason other than"),
    ("error without fields", plain_server(said(b"E", b"\0")), Malformed, "a reason other than"),
    ("lets everyone in", plain_server(LETS_IN), Refused, "nothing is proven"),
    (
        "asks for SCRAM and lets in",
        plain_server(said(b"R", struct.pack("!i", 10) + b"SCRAM-SHA-256\0\0") + LETS_IN),
        Refused,
        "nothing is proven",
    ),
]


@pytest.mark.parametrize(("_name", "faulty", "kind", "cause"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_server_that_answers_badly_is_an_error_in_time(
    _name: str, faulty: AbstractContextManager[Address], kind: type[ServiceError], cause: str
) -> None:
    with faulty as address:
        started = time.monotonic()
        dsn = f"postgres://{LOGIN}@{address}/postgres?sslmode=disable"
        assert cause in failure(kind, lambda: ask(dsn, IMPATIENT)).cause
        assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("answer", "hangs_up", "kind"),
    [
        (None, False, Unreachable),
        (None, True, Unreachable),
        (HOSTILE, False, Malformed),
        (b"S" + HOSTILE * 10, False, Malformed),
        (b"S", True, Unreachable),
        (b"S", False, Unreachable),
    ],
)
def test_a_server_that_answers_the_question_for_tls_badly_is_an_error(
    answer: bytes | None, hangs_up: bool, kind: type[ServiceError]
) -> None:
    with plain_server(answer, hangs_up=hangs_up) as address:
        failure(kind, lambda: ask(f"postgres://{LOGIN}@{address}/postgres", IMPATIENT))


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        "no address",
        f"mysql://{LOGIN}@db.example/a",
        f"postgres://{LOGIN}@/a",
        f"postgres://{LOGIN}@db.example:0/a",
        f"postgres://{LOGIN}@db.example:65536/a",
        f"postgres://{LOGIN}@db.example:port/a",
        f"postgres://{LOGIN}@one.example,two.example/a",
        f"postgres://{LOGIN}@[::1/a",
        f"postgres://user:{CANARY}#1@db.example/a",
        f"postgres://user:{CANARY}\n@db.example/a",
        f"postgres://user:{CANARY}%FF@db.example/a",
        f"postgres://:{CANARY}@db.example/a",
        "postgres://user@db.example/a",
        f"postgres://{LOGIN}@db.example/a?sslmode={CANARY}",
    ],
)
def test_an_address_that_is_none_is_malformed(dsn: str) -> None:
    failure(Malformed, lambda: ask(dsn))


def test_without_the_client_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pg8000", None)
    cause = failure(NotInstalled, lambda: ask(f"postgres://{LOGIN}@127.0.0.1/a")).cause
    assert cause == "the client pg8000 is not installed; set `DEPLOY_ACTIONS_EXTRAS=probes`"
