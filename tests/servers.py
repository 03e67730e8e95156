"""Real servers on loopback, each a context manager; and servers that say nothing, or the wrong thing."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import BaseServer
from typing import Any, TypeVar

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy_actions.core.addresses import Address
from deploy_actions.core.service_errors import ServiceError

S = TypeVar("S", bound=BaseServer)

LOOPBACK = "127.0.0.1"
USER = "nobody"
"""Who the servers run as when the tests run as root: PostgreSQL refuses root, and sshd then needs no folder in /run."""

CANARY = "canary-in-the-mine"
"""A password or key's comment that no message may show."""

HOSTILE = b"words-of-the-server"
"""What no message may repeat."""

_PATIENCE_SECONDS = 20
_PEM = serialization.Encoding.PEM


def failure(kind: type[ServiceError], question: Callable[[], object]) -> ServiceError:
    """The error that a question ends in, which must be of this very kind and tell neither secret nor server's words."""
    with pytest.raises(ServiceError) as caught:
        question()
    error = caught.value
    told = f"{error.service} {error.operation} {error.cause} {error}"
    assert type(error) is kind, told
    assert CANARY not in told
    assert HOSTILE.decode() not in told
    assert error.__context__ is None or error.__suppress_context__
    return error


class Pair(msgspec.Struct, frozen=True):
    """A certificate and its key, PEM."""

    certificate: str
    key: str


_NO_LOCK = serialization.NoEncryption()


def _text(key: ec.EllipticCurvePrivateKey, lock: serialization.KeySerializationEncryption = _NO_LOCK) -> str:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, lock).decode()


class Authority:
    """An authority that signs certificates for servers and clients."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of this test")])
        self.certificate = self._signed(self._name, self._key, days=30)

    def issue(self, host: str = LOOPBACK, days: int = 30) -> Pair:
        """A certificate for a host that ends in this many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "certificate of this test")])
        return Pair(self._signed(name, key, days, host), _text(key))

    def self_signed(self) -> Pair:
        """The certificate of a server that is its own authority."""
        return Pair(self._signed(self._name, self._key, 30, LOOPBACK), _text(self._key))

    def locked_key(self) -> str:
        """A key with a passphrase."""
        return _text(self._key, serialization.BestAvailableEncryption(b"passphrase"))

    def _signed(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, host: str = "") -> str:
        """A certificate of an authority where no host is named."""
        end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        own = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = (
            x509.CertificateBuilder(issuer_name=self._name, subject_name=name, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=60))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
            .add_extension(identifier, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
        )
        if host:
            names = [x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(_PEM).decode()


@contextmanager
def serving(server: S) -> Iterator[S]:
    """The server, running; closed at the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def plain_server(answer: bytes | None, *, hangs_up: bool = False) -> Iterator[Address]:
    """A server that gives each connection these bytes, whatever it hears, and then holds it open or hangs up."""
    held: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                held.append(connection)
                if answer:
                    connection.sendall(answer)
                if hangs_up:
                    connection.shutdown(socket.SHUT_WR)

    with socket.create_server((LOOPBACK, 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Address(LOOPBACK, listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in held:
        connection.close()


@contextmanager
def dripping_server(answer: bytes) -> Iterator[Address]:
    """A server that gives one byte every tenth of a second, for ever over again."""
    over = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                while not over.wait(0.1):
                    for byte in answer:
                        connection.sendall(bytes([byte]))
                        if over.wait(0.1):
                            return

    with socket.create_server((LOOPBACK, 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Address(LOOPBACK, listener.getsockname()[1])
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def closed_port() -> Iterator[Address]:
    """A port that nothing listens on."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        yield Address(LOOPBACK, taken.getsockname()[1])


@contextmanager
def tls_server(pair: Pair, *, clients: str = "", options: Sequence[str] = ()) -> Iterator[Address]:
    """`openssl s_server`; `clients` is the authority whose certificates it asks clients for."""
    program = installed("openssl")
    with temporary_folder(certificate=pair.certificate, key=pair.key, clients=clients) as folder:
        asks = ["-Verify", "2", "-CAfile", f"{folder}/clients"] if clients else []
        command = [program, "s_server", "-accept", f"{LOOPBACK}:{free_port()}", "-www", *asks, *options]
        with running([*command, "-cert", f"{folder}/certificate", "-key", f"{folder}/key"], folder) as process:
            port = int(command[3].rpartition(":")[2])
            yield ready(process, Address(LOOPBACK, port))


@contextmanager
def ssh_server(*, host_key: str, authorized_keys: str, options: str = "") -> Iterator[Address]:
    """sshd of OpenSSH, as a user of its own; that user, `ssh_user()`, is the only one who can log in."""
    program, port = installed("sshd"), free_port()
    with temporary_folder(host_key=host_key, authorized_keys=authorized_keys) as folder:
        _write(
            folder / "config",
            f"""
            {options}
            Port {port}
            ListenAddress {LOOPBACK}
            HostKey {folder}/host_key
            AuthorizedKeysFile {folder}/authorized_keys
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            StrictModes no
            UsePAM yes
            PidFile none
            """,
        )
        with running([program, "-D", "-e", "-f", f"{folder}/config"], folder) as process:
            yield ready(process, Address(LOOPBACK, port))


def ssh_user() -> str:
    """Who can log in at `ssh_server`."""
    return USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


@contextmanager
def postgres_server(*, user: str, password: str, pair: Pair) -> Iterator[Address]:
    """PostgreSQL with TLS and one user. The database `template1` asks for no password, and `closed` lets nobody in."""
    port, where = free_port(), ("host all all 127.0.0.1/32 scram-sha-256",)
    rules = "\n".join(("host template1 all all trust", "host closed all all reject", *where))
    with temporary_folder(password=password, certificate=pair.certificate, key=pair.key, rules=rules) as folder:
        data = f"{folder}/data"
        made = [installed("initdb"), "-D", data, "-U", user, f"--pwfile={folder}/password", "--no-sync", "--locale=C"]
        subprocess.run([*made, "--auth=scram-sha-256"], check=True, capture_output=True, cwd=folder, **_as_user())
        settings = {
            "listen_addresses": LOOPBACK,
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "hba_file": f"{folder}/rules",
            "ssl": "on",
            "ssl_cert_file": f"{folder}/certificate",
            "ssl_key_file": f"{folder}/key",
        }
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        with running([installed("postgres"), "-D", data, *options], folder) as process:
            yield ready(process, Address(LOOPBACK, port), says="ready to accept connections")


@contextmanager
def redis_server(*options: str, pair: Pair | None = None) -> Iterator[Address]:
    """Redis with these options; with TLS and nothing else when given a certificate."""
    program, port = installed("redis-server"), free_port()
    with temporary_folder(certificate=pair.certificate if pair else "", key=pair.key if pair else "") as folder:
        command = [
            program,
            "--bind",
            LOOPBACK,
            "--port",
            "0" if pair else str(port),
            "--save",
            "",
            "--dir",
            str(folder),
        ]
        tls = ["--tls-port", str(port), "--tls-cert-file", f"{folder}/certificate", "--tls-key-file", f"{folder}/key"]
        asks_nobody = ["--tls-auth-clients", "no"]
        with running([*command, *(tls + asks_nobody if pair else ()), *options], folder) as process:
            yield ready(process, Address(LOOPBACK, port))


def installed(name: str) -> str:
    """Where Debian keeps the program. Without it, the test is skipped; this repository's CI demands it."""
    folders = [os.environ["PATH"], "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found:
        return found
    reason = f"{name} is not installed; `make servers` installs it where it can"
    if os.environ.get("SERVERS_REQUIRED") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _as_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []}


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(path, USER)


@contextmanager
def temporary_folder(**files: str) -> Iterator[Path]:
    """A folder of the server's own; pytest's are root's, and no one else may enter them."""
    with tempfile.TemporaryDirectory(prefix="deploy-actions-test-", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            shutil.chown(name, USER)
        for file, text in files.items():
            _write(Path(name, file), text)
        yield Path(name)


def free_port() -> int:
    with closed_port() as address:
        return address.port


class Process(msgspec.Struct, frozen=True):
    running: "subprocess.Popen[bytes]"
    log: Path


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[Process]:
    log = folder / "log"
    _write(log, "")
    with log.open("ab") as output:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
        process = subprocess.Popen(command, cwd=folder, **streams, **_as_user())
    try:
        yield Process(process, log)
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ready(process: Process, address: Address, says: str = "") -> Address:
    """The address, as soon as the server accepts connections there, or has said so."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.running.poll() is None:
        if says and says in process.log.read_text():
            return address
        with contextlib.suppress(OSError):
            if not says:
                socket.create_connection((address.host, address.port), 1).close()
                return address
        time.sleep(0.02)
    raise AssertionError(f"the server did not start: {process.log.read_text()}")
