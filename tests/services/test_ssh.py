import base64
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from tests.servers import CANARY, HOSTILE, closed_port, dripping_server, failure, plain_server, ssh_server, ssh_user

from deploy_actions.core.addresses import Address
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotInstalled, Refused, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services import ssh
from deploy_actions.services.ssh import SshServers

OPENSSH, PKCS8 = serialization.PrivateFormat.OpenSSH, serialization.PrivateFormat.PKCS8
TRADITIONAL = serialization.PrivateFormat.TraditionalOpenSSL  # PKCS#1 for RSA, SEC1 for curves
NO_LOCK = serialization.NoEncryption()
LOCK = serialization.BestAvailableEncryption(b"passphrase")

ED25519 = ed25519.Ed25519PrivateKey.generate()
P256, P384, P521 = (ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()))
RSA = rsa.generate_private_key(65537, 2048)
KEYS: dict[str, PrivateKeyTypes] = {"ed25519": ED25519, "p256": P256, "p384": P384, "p521": P521, "rsa": RSA}

SERVERS = SshServers()
IMPATIENT = SshServers(limit_seconds=0.5)


def private(
    key: PrivateKeyTypes,
    format: serialization.PrivateFormat = OPENSSH,
    lock: serialization.KeySerializationEncryption = NO_LOCK,
) -> str:
    return key.private_bytes(serialization.Encoding.PEM, format, lock).decode()


def public(key: PrivateKeyTypes) -> str:
    return key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


HOST = ed25519.Ed25519PrivateKey.generate()
HOST_KEY = public(HOST)
AUTHORIZED = "".join(f"{public(key)} {name}\n" for name, key in KEYS.items())


def ask(address: Address, key: str = private(ED25519), host_key: str = HOST_KEY, servers: SshServers = SERVERS) -> None:
    servers.authenticate(address, user=ssh_user(), key=Secret(key), host_key=host_key)


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    with ssh_server(host_key=private(HOST), authorized_keys=AUTHORIZED) as address:
        yield address


@pytest.mark.parametrize(
    ("name", "format"),
    [
        *((name, format_) for name in KEYS for format_ in (OPENSSH, PKCS8)),
        *((name, TRADITIONAL) for name in ("p256", "p384", "p521", "rsa")),
    ],
)
def test_a_key_that_the_server_knows_is_accepted_in_every_format(
    server: Address, name: str, format: serialization.PrivateFormat
) -> None:
    ask(server, private(KEYS[name], format).strip())


def test_the_service_that_is_connected_logs_in(server: Address) -> None:
    service = ssh.connect(World({}, Redactor(), lambda line: None))
    service.authenticate(server, user=ssh_user(), key=Secret(private(RSA)), host_key=f"{HOST_KEY} host@example\n")


@pytest.mark.parametrize("key", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())])
def test_a_key_that_the_server_does_not_know_is_refused(server: Address, key: PrivateKeyTypes) -> None:
    error = failure(Refused, lambda: ask(server, private(key)))
    assert "does not accept the key" in error.cause
    assert (error.service, error.operation) == (str(server), "authenticating")


def test_a_user_that_the_server_does_not_know_is_refused(server: Address) -> None:
    key = Secret(private(ED25519))
    failure(Refused, lambda: SERVERS.authenticate(server, user=f"no-{CANARY}", key=key, host_key=HOST_KEY))


@pytest.mark.parametrize("options", ["PubkeyAuthentication no", "AuthenticationMethods publickey,publickey"])
def test_a_server_to_which_the_key_is_not_enough_refuses(options: str) -> None:
    with ssh_server(host_key=private(HOST), authorized_keys=AUTHORIZED, options=options) as address:
        failure(Refused, lambda: ask(address))


def test_a_server_that_hangs_up_on_the_first_failure_has_not_decided() -> None:
    with ssh_server(host_key=private(HOST), authorized_keys="", options="MaxAuthTries 1") as address:
        assert "before it had decided" in failure(Unreachable, lambda: ask(address)).cause


@pytest.mark.parametrize("name", KEYS)
def test_a_host_key_of_every_kind_is_recognised(name: str) -> None:
    with ssh_server(host_key=private(KEYS[name]), authorized_keys=AUTHORIZED) as address:
        ask(address, host_key=public(KEYS[name]))


@pytest.mark.parametrize(
    ("host_key", "cause"),
    [
        (public(ed25519.Ed25519PrivateKey.generate()), "another host key"),
        (public(RSA), "no host key of the kind"),
        ("", "none of"),
        ("ssh-ed25519", "none of"),
        ("ssh-ed25519 AAAA", "none of"),
        ("ssh-ed25519 no-base64", "none of"),
        (f"ssh-ed25519 {public(P256).split()[1]}", "none of"),
        (f"ssh-dss {base64.b64encode(b'    ssh-dss').decode()}", "none of"),
        (f"db.example {HOST_KEY}", "none of"),
    ],
)
def test_a_server_with_another_host_key_gets_no_key(server: Address, host_key: str, cause: str) -> None:
    assert cause in failure(Malformed, lambda: ask(server, host_key=host_key)).cause


@pytest.mark.parametrize(
    "key",
    [
        "",
        CANARY,
        private(ED25519)[:200],
        private(ED25519, lock=LOCK),
        private(RSA, PKCS8, LOCK),
        private(dsa.generate_private_key(1024), PKCS8),
        private(ec.generate_private_key(ec.SECP256K1()), PKCS8),
        public(ED25519),
    ],
    ids=["empty", "no key", "cut off", "locked", "locked PEM", "DSA", "another curve", "public"],
)
def test_a_key_that_cannot_be_used_is_malformed(server: Address, key: str) -> None:
    assert "the key cannot be used" in failure(Malformed, lambda: ask(server, key)).cause


FAULTS: list[tuple[str, AbstractContextManager[Address], str]] = [
    ("closed", closed_port(), "refused"),
    ("silent", plain_server(None), "in time"),
    ("hangs up", plain_server(None, hangs_up=True), "broke off"),
    ("garbage and silent", plain_server(HOSTILE * 10 + b"\n"), "in time"),
    ("garbage", plain_server(HOSTILE * 10 + b"\n", hangs_up=True), "does not speak SSH"),
    ("silent after its name", plain_server(b"SSH-2.0-" + HOSTILE + b"\r\n"), "in time"),
    ("endless", dripping_server(b"words"), "in time"),
]


@pytest.mark.parametrize(("_name", "faulty", "cause"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_server_that_is_none_is_unreachable_in_time(
    _name: str, faulty: AbstractContextManager[Address], cause: str
) -> None:
    with faulty as address:
        started = time.monotonic()
        assert cause in failure(Unreachable, lambda: ask(address, servers=IMPATIENT)).cause
        assert time.monotonic() - started < 8


def test_a_server_that_goes_on_with_what_is_not_ssh_is_malformed() -> None:
    with plain_server(b"SSH-2.0-x\r\nx" + HOSTILE * 100) as address:
        assert "exchange of keys" in failure(Malformed, lambda: ask(address)).cause


@pytest.mark.parametrize(("host", "port"), [("", 22), ("a b", 22), ("a", 0), ("a", 65536)])
def test_an_address_that_is_none_is_malformed(host: str, port: int) -> None:
    failure(Malformed, lambda: ask(Address(host, port)))


def test_without_the_client_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paramiko", None)
    cause = failure(NotInstalled, lambda: ask(Address("127.0.0.1", 22))).cause
    assert cause == "the client paramiko is not installed; set `DEPLOY_ACTIONS_EXTRAS=probes`"


def test_nothing_is_logged_and_no_thread_is_left(
    server: Address, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    with caplog.at_level(logging.DEBUG):
        ask(server)
        failure(Refused, lambda: ask(server, private(ed25519.Ed25519PrivateKey.generate())))
        with plain_server(HOSTILE + b"\n", hangs_up=True) as address:
            failure(Unreachable, lambda: ask(address))
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    assert set(threading.enumerate()) == before
