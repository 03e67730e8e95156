import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.servers import (
    HOSTILE,
    Authority,
    Pair,
    closed_port,
    dripping_server,
    failure,
    plain_server,
    tls_server,
)

from deploy_actions.core.addresses import Address
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, ServiceError, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services import tls
from deploy_actions.services.tls import TlsServers

OURS, THEIRS = Authority(), Authority()
CLIENT = OURS.issue("client.example")
SERVERS = TlsServers(alert_seconds=0.3)
IMPATIENT = TlsServers(limit_seconds=0.5, alert_seconds=0.3)
TLS_VERSIONS = ("-tls1_2", "-tls1_3")


def ask(
    address: Address, client: Pair = CLIENT, authorities: str | None = OURS.certificate, servers: TlsServers = SERVERS
) -> datetime:
    secret, key = Secret(client.certificate), Secret(client.key)
    return servers.authenticate(address, certificate=secret, key=key, authorities=authorities)


@pytest.fixture(scope="module", params=TLS_VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Address]:
    """It takes the certificates of our authority, and breaks off with others."""
    options = ("-verify_return_error", request.param)
    with tls_server(OURS.issue(), clients=OURS.certificate, options=options) as address:
        yield address


def test_a_certificate_that_the_server_takes_gives_the_end_of_its_own(server: Address) -> None:
    assert abs(ask(server) - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)


def test_the_service_that_is_connected_waits_long_enough(server: Address) -> None:
    service = tls.connect(World({}, Redactor(), lambda line: None))
    service.authenticate(
        server, certificate=Secret(CLIENT.certificate), key=Secret(CLIENT.key), authorities=OURS.certificate
    )


@pytest.mark.parametrize(
    "client",
    [THEIRS.issue("client.example"), OURS.issue("client.example", days=-1)],
    ids=["of another authority", "expired"],
)
def test_a_certificate_that_the_server_does_not_take_is_refused(server: Address, client: Pair) -> None:
    error = failure(Refused, lambda: ask(server, client))
    assert "does not accept" in error.cause
    assert (error.service, error.operation) == (str(server), "authenticating")


@pytest.mark.parametrize("version", TLS_VERSIONS)
def test_a_server_that_asks_for_no_certificate_proves_nothing(version: str) -> None:
    with tls_server(OURS.issue(), options=[version]) as address:
        assert "nothing is proven" in failure(Refused, lambda: ask(address)).cause


@pytest.mark.parametrize("version", TLS_VERSIONS)
def test_a_server_that_takes_any_certificate_proves_nothing(version: str) -> None:
    with tls_server(OURS.issue(), clients=OURS.certificate, options=[version]) as address:
        assert "nothing is proven" in failure(Refused, lambda: ask(address)).cause


def test_a_server_that_had_no_time_to_refuse_is_unreachable(server: Address) -> None:
    hasty = TlsServers(limit_seconds=0.5, alert_seconds=5)
    assert "in time" in failure(Unreachable, lambda: ask(server, servers=hasty)).cause


def test_a_server_that_is_gone_before_it_could_refuse_a_stranger_is_unreachable() -> None:
    one_and_the_look_whether_it_is_ready = ["-naccept", "2"]
    with tls_server(OURS.issue(), clients=OURS.certificate, options=one_and_the_look_whether_it_is_ready) as address:
        failure(Unreachable, lambda: ask(address))


@pytest.mark.parametrize(
    ("theirs", "cause"),
    [
        (OURS.issue(days=-1), "expired"),
        (OURS.issue(days=90), "not valid yet"),
        (OURS.issue("other.example"), "another host"),
        (OURS.issue("127.0.0.2"), "another host"),
        (THEIRS.issue(), "no authority that is trusted"),
    ],
)
def test_a_server_whose_certificate_cannot_be_trusted_is_malformed(theirs: Pair, cause: str) -> None:
    with tls_server(theirs, clients=OURS.certificate) as address:
        assert cause in failure(Malformed, lambda: ask(address)).cause


def test_a_self_signed_certificate_is_not_trusted() -> None:
    alone = Authority()
    with tls_server(alone.self_signed(), clients=OURS.certificate) as address:
        assert "no authority that is trusted" in failure(Malformed, lambda: ask(address)).cause


def test_without_authorities_the_hosts_decide(server: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no authority that is trusted" in failure(Malformed, lambda: ask(server, authorities=None)).cause
    (tmp_path / "authorities").write_text(OURS.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities"))
    assert ask(server, authorities=None)
    assert (
        "no authority that is trusted" in failure(Malformed, lambda: ask(server, authorities=THEIRS.certificate)).cause
    )


@pytest.mark.parametrize("authorities", ["", " ", "no certificate", "-----BEGIN CERTIFICATE-----", "é"])
def test_authorities_that_cannot_be_read_are_malformed(authorities: str) -> None:
    assert "authorities" in failure(Malformed, lambda: ask(Address("127.0.0.1", 1), authorities=authorities)).cause


@pytest.mark.parametrize(
    "client",
    [
        Pair(CLIENT.certificate, OURS.issue().key),
        Pair(CLIENT.certificate, "no key"),
        Pair("no certificate", CLIENT.key),
        Pair("", ""),
    ],
    ids=["another key", "no key", "no certificate", "nothing"],
)
def test_a_certificate_and_a_key_that_do_not_belong_together_are_malformed(client: Pair) -> None:
    assert "certificate and key" in failure(Malformed, lambda: ask(Address("127.0.0.1", 1), client)).cause


def test_a_key_with_a_passphrase_is_malformed_and_nobody_is_asked_for_it() -> None:
    client = Pair(CLIENT.certificate, OURS.locked_key())
    assert "certificate and key" in failure(Malformed, lambda: ask(Address("127.0.0.1", 1), client)).cause


@pytest.mark.parametrize("client", [CLIENT, Pair(CLIENT.certificate, "no key")], ids=["read", "not read"])
def test_the_key_is_in_a_private_file_that_is_gone_at_once(client: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Path, int, int]] = []
    load = tls.ssl.SSLContext.load_cert_chain  # type: ignore[attr-defined]

    def spy(context: object, certificate: Path, key: Path, password: str) -> None:
        seen.extend(
            (path, path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) for path in (certificate, key)
        )
        load(context, certificate, key, password)

    monkeypatch.setattr("ssl.SSLContext.load_cert_chain", spy)
    with closed_port() as address:
        failure(Malformed if client is not CLIENT else Unreachable, lambda: ask(address, client))
    assert len(seen) >= 2
    for path, folder_mode, mode in seen:
        assert (folder_mode, mode) == (0o700, 0o600)
        assert path.is_relative_to("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())
        assert not path.parent.exists()


FAULTS: list[tuple[str, AbstractContextManager[Address], type[ServiceError], str]] = [
    ("closed", closed_port(), Unreachable, "refused"),
    ("silent", plain_server(None), Unreachable, "in time"),
    ("hangs up", plain_server(None, hangs_up=True), Unreachable, "broke off"),
    ("garbage", plain_server(HOSTILE * 10), Malformed, "speaks no TLS"),
    ("endless", dripping_server(b"\x16\x03\x03\x40\x00" + b"\x02" * 4096), Unreachable, "in time"),
]


@pytest.mark.parametrize(("_name", "faulty", "kind", "cause"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_server_that_is_none_is_an_error_in_time(
    _name: str, faulty: AbstractContextManager[Address], kind: type[ServiceError], cause: str
) -> None:
    with faulty as address:
        started = time.monotonic()
        assert cause in failure(kind, lambda: ask(address, servers=IMPATIENT)).cause
        assert time.monotonic() - started < 8


@pytest.mark.parametrize(("host", "port"), [("", 443), ("a b", 443), ("a/b", 443), ("a", 0), ("a", 65536), ("ö", 1)])
def test_an_address_that_is_none_is_malformed(host: str, port: int) -> None:
    failure(Malformed, lambda: ask(Address(host, port)))


def test_a_host_name_that_does_not_resolve_is_unreachable() -> None:
    for host in ("no-such-host.invalid", f"{'x' * 70}.invalid"):
        assert "resolve" in failure(Unreachable, lambda host=host: ask(Address(host, 443))).cause  # type: ignore[misc]


def test_only_the_client_libraries_are_needed_that_every_runtime_has() -> None:
    assert not {"paramiko", "pg8000", "redis"} & set(vars(sys.modules[tls.__name__]))
