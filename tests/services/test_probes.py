"""Targets that are hostile or behind something: what `test_target_probes` and `test_target_trust` leave open."""

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.http2_server import Talk
from tests.probe_server import for_ever, http2_server, ok, proxy, says, scripted_server
from tests.servers import LOOPBACK, Authority, Pair, closed_port, plain_server
from tests.services.test_target_probes import SRC, TOKEN, answer, failure, outcomes, world

from deploy_actions.core.addresses import Address
from deploy_actions.core.probing import (
    MOST_BODY_BYTES,
    Answer,
    DnsProbe,
    GrpcProbe,
    HttpProbe,
    NoAnswer,
    TcpProbe,
    TlsProbe,
)
from deploy_actions.core.secret import Secret
from deploy_actions.services.probes import TargetProbes

AUTHORITY = Authority()
PAIR = AUTHORITY.issue()
SHOP = AUTHORITY.issue("shop.example")
NO_HTTP = NoAnswer("the answer is broken off, or no HTTP")
LATE = NoAnswer("no complete answer in time")


def to(server: Address, path: str = "/", **more: object) -> HttpProbe:
    return HttpProbe(url=f"http://{server}{path}", **more)  # type: ignore[arg-type]


def shop(**more: object) -> HttpProbe:
    return HttpProbe(url="https://shop.example/", authorities=AUTHORITY.certificate, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pieces", "cause"),
    [
        ([b""], NO_HTTP),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"], NO_HTTP),
        ([b"HTTP/1.1 two OK\r\n\r\n"], NO_HTTP),
        ([b"SSH-2.0-OpenSSH\r\n"], NO_HTTP),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"], NO_HTTP),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], NO_HTTP),
    ],
)
def test_what_is_no_whole_answer_is_the_targets(pieces: list[bytes], cause: NoAnswer) -> None:
    with scripted_server(says(*pieces)) as server:
        assert failure(to(server)) in (cause, NoAnswer("the server broke off the connection"))


def test_headers_without_end_are_not_kept() -> None:
    with scripted_server(for_ever(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n" * 100)) as server:
        assert failure(to(server)) == NO_HTTP
    with scripted_server(for_ever(b"HTTP/1.1 200 OK\r\nX-More: ", b"x" * 1000)) as server:
        assert failure(to(server)) == NO_HTTP


def test_early_answers_without_end_are_over_at_the_limit() -> None:
    with scripted_server(for_ever(b"", b"HTTP/1.1 102 Processing\r\n\r\n")) as server:
        started = time.monotonic()
        assert failure(to(server), 0.3) == LATE
        assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ids=["no length", "chunks"],
)
def test_a_body_without_end_is_cut(start: bytes) -> None:
    piece = b"400\r\n" + b"x" * 1024 + b"\r\n" if b"chunked" in start else b"x" * 4096
    for pair in (None, PAIR):
        with scripted_server(for_ever(start, piece), pair) as server:
            url = f"{'https' if pair else 'http'}://{server}/"
            seen = answer(HttpProbe(url=url, authorities=AUTHORITY.certificate))
        assert (len(seen.body), seen.is_cut, seen.excerpt) == (MOST_BODY_BYTES, True, "x" * 200)


def test_a_body_of_just_the_limit_is_whole() -> None:
    with scripted_server(says(ok(b"x" * MOST_BODY_BYTES))) as server:
        seen = answer(to(server))
    assert (len(seen.body), seen.is_cut) == (MOST_BODY_BYTES, False)


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        (b"x" * 198 + TOKEN.encode() + b"y", "x" * 198 + "**"),
        (b" " * 4090 + TOKEN.encode(), "***"),
        (b"a" + b"\n" * 4080 + TOKEN.encode() + b"b", "a ***b"),
        (b"a\r\n::error::b\x1b[31m\x00\x07\xff\xe2\x80\xae", "a ::error::b [31m \ufffd"),
        (b"pass\n\tphrase of two", "*** of two"),
    ],
    ids=["at the end", "where reading ends", "after a word", "control characters", "made by making it one line"],
)
def test_no_piece_of_a_secret_and_no_control_character_shows(body: bytes, excerpt: str) -> None:
    here = world()
    here.redactor.add("PHRASE", "pass phrase")
    probes = TargetProbes(here)
    with scripted_server(says(ok(body))) as server:
        probes.start(1, to(server), 5.0)
        (ended,) = probes.ended(5.0)
    probes.stop()
    assert getattr(ended.outcomes[""], "excerpt", None) == excerpt


@pytest.mark.parametrize(
    ("value", "version"), [("two\nlines", "1.1"), ("two\nlines", "2"), (" \0", "1.1"), (" \0", "2"), ("é", "1.1")]
)
def test_a_credential_that_no_header_can_hold_is_our_own_affair(value: str, version: str) -> None:
    with plain_server(None) as server:
        unsent = failure(to(server, secret_headers={"X-Token": ("", Secret(value))}, version=version))
    assert unsent.is_ours
    assert unsent.cause.startswith("the request was not sent")


def redirect(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("location", "cause"),
    [
        ("http://169.254.169.254/latest", "it was redirected to 169.254.169.254, which is not followed"),
        ("//169.254.169.254/latest", "it was redirected to 169.254.169.254, which is not followed"),
        (f"http://{LOOPBACK}:1/", f"it was redirected to {LOOPBACK}, which is not followed"),
        (f"http://{LOOPBACK}@evil.example/", "it was redirected to evil.example, which is not followed"),
        ("http://[bad", "it was redirected to what is no address"),
        (f"ftp://{LOOPBACK}/", "it was redirected to what is no address"),
        (f"http://{LOOPBACK}:99999/", "it was redirected to what is no address"),
        ("/a b", "it was redirected to what is no address"),
    ],
)
def test_only_the_host_itself_is_asked_again(location: str, cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    dialled: list[tuple[str, int]] = []
    real = asyncio.open_connection

    async def spy(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        dialled.append((host, port))
        return await real(host, port)

    monkeypatch.setattr("asyncio.open_connection", spy)
    with scripted_server(says(redirect(location))) as server:
        assert failure(to(server, redirects=5)) == NoAnswer(cause)
        assert dialled == [(server.host, server.port)]


def test_a_redirect_stays_with_the_instance() -> None:
    def serve(connection: socket.socket, head: bytes) -> None:
        connection.sendall(ok(b"here") if head.startswith(b"GET /there ") else redirect("/there"))

    with scripted_server(serve) as server:
        probe = HttpProbe(url="http://shop.example/", instances=(server,), redirects=1)
        (seen,) = outcomes(probe).values()
    assert getattr(seen, "body", seen) == b"here"


def test_instances_answer_for_themselves() -> None:
    with ExitStack() as stack:
        good = stack.enter_context(scripted_server(says(ok(b"1"))))
        bad = stack.enter_context(scripted_server(says(b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n")))
        gone = stack.enter_context(closed_port())
        seen = outcomes(HttpProbe(url="http://shop.example/", instances=(good, bad, gone)))
    assert {name: getattr(one, "status", one) for name, one in seen.items()} == {
        str(good): 200,
        str(bad): 503,
        str(gone): NoAnswer("the connection was refused"),
    }


def test_every_address_of_a_name_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in ("127.0.0.1", "127.0.0.2", "127.0.0.1")]
    with scripted_server(says(ok(b"fine"))) as server:
        url = f"http://localhost:{server.port}/"
        assert getattr(outcomes(HttpProbe(url=url, every_address=True)).get(str(server)), "status", None) == 200
        monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: found)
        seen = outcomes(HttpProbe(url=url, every_address=True))
    assert sorted(seen) == [f"127.0.0.1:{server.port}", f"127.0.0.2:{server.port}"]
    assert seen[f"127.0.0.2:{server.port}"] == NoAnswer("the connection was refused")


def test_every_address_of_a_name_that_has_none() -> None:
    (seen,) = outcomes(HttpProbe(url="http://nosuch.invalid/", every_address=True)).items()
    assert seen[0] == ""
    assert isinstance(seen[1], NoAnswer)


def through(where: str, limit: float = 5.0) -> Answer | NoAnswer:
    return outcomes(shop(), limit, {"https_proxy": where})[""]


@pytest.mark.parametrize("proxy_pair", [None, AUTHORITY.issue()], ids=["http", "https"])
def test_https_goes_through_a_proxy_with_a_login(
    proxy_pair: Pair | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "authorities").write_text(AUTHORITY.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities"))
    asked: list[str] = []
    with scripted_server(says(ok(b"x" * 300_000)), SHOP) as server, proxy(server, asked, proxy_pair) as where:
        scheme = "https" if proxy_pair else "http"
        seen = through(f"{scheme}://user:pass%20word@{where}")
        refused = through(f"{scheme}://{where}")
    assert (getattr(seen, "status", seen), len(getattr(seen, "body", ""))) == (200, 300_000)
    assert refused == NoAnswer("the proxy answered 407", is_ours=True)
    assert asked == ["CONNECT shop.example:443 HTTP/1.1"] * 2


def test_a_proxy_that_is_none_is_our_own_affair() -> None:
    with closed_port() as nobody:
        assert through(f"http://{nobody}") == NoAnswer("the proxy cannot be reached", is_ours=True)
    for octets in (b"nonsense\r\n\r\n", b"x" * 100_000, b"HTTP/1.1\r\n\r\n"):
        with plain_server(octets, hangs_up=True) as other:
            assert through(f"http://{other}") == NoAnswer("the proxy does not speak as a proxy does", is_ours=True)
    with plain_server(None) as silent:
        assert through(f"https://{silent}", 0.3) == NoAnswer("no connection to the proxy in time", is_ours=True)
        assert through(f"http://{silent}", 0.3) == NoAnswer("the proxy opened no tunnel in time", is_ours=True)


@pytest.mark.parametrize(
    ("number", "is_ours"),
    [
        (errno.ENETUNREACH, True),
        (errno.EMFILE, True),
        (errno.EADDRNOTAVAIL, True),
        (errno.ECONNREFUSED, False),
        (errno.ECONNRESET, False),
        (errno.ETIMEDOUT, False),
    ],
)
def test_whose_affair_a_number_of_the_system_is(number: int, is_ours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_args: object, **_more: object) -> None:
        raise OSError(number, "x")

    monkeypatch.setattr("asyncio.open_connection", fail)
    for probe in (TcpProbe(Address("192.0.2.1", 80)), HttpProbe(url="http://192.0.2.1/")):
        assert failure(probe).is_ours is is_ours


def test_a_resolver_that_hangs_is_over_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: over.wait(5) and [])
    started = time.monotonic()
    late = NoAnswer("no address for the host name in time", is_ours=True)
    assert failure(DnsProbe("shop.example"), 0.2) == late
    assert failure(HttpProbe(url="http://shop.example/"), 0.2) == late
    over.set()
    assert time.monotonic() - started < 8


def run(program: str, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    lines = (
        "from deploy_actions.core.probing import *",
        "from deploy_actions.core.redact import Redactor",
        "from deploy_actions.core.world import World",
        "from deploy_actions.services.probes import connect",
        "import os, signal, socket, time",
        "probes = connect(World(dict(os.environ), Redactor(), print))",
        program,
    )
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(lines)],
        env={"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


def test_a_resolver_that_hangs_keeps_no_process_from_ending() -> None:
    started = time.monotonic()
    done = run(
        "socket.getaddrinfo = lambda *a, **b: time.sleep(60)\n"
        "probes.start(1, DnsProbe('shop.example'), 0.1)\nprint(probes.ended(5)[0].outcomes[''].is_ours)\nprobes.stop()"
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert time.monotonic() - started < 5


def test_a_signal_is_heard_while_ends_are_waited_for() -> None:
    with plain_server(None) as silent:
        done = run(f"""
class Cancelled(BaseException): pass  # as the runner's own is
def cancel(*_): raise Cancelled
signal.signal(signal.SIGALRM, cancel)
probes.start(1, HttpProbe(url="http://{silent}/"), 30.0)
probes.start(2, CommandProbe(command=("sh", "-c", "echo $$ >&2; sleep 61.9{os.getpid()} & wait")), 30.0)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    probes.ended(10)
except Cancelled:
    print("cancelled")
assert not probes.ended(0.01)
probes.stop()
probes.stop()
""")
    assert (done.stdout, done.stderr) == ("cancelled\n", "")
    assert subprocess.run(["pgrep", "-f", f"^sleep 61.9{os.getpid()}"], check=False, capture_output=True).stdout == b""


@pytest.mark.parametrize("authorities", ["", " ", "no certificate", "-----BEGIN CERTIFICATE-----", "é"])
def test_authorities_that_cannot_be_read_are_our_own_affair(authorities: str) -> None:
    with plain_server(None) as server:
        broken = NoAnswer("the authorities hold no certificate in PEM that can be read", is_ours=True)
        assert failure(TlsProbe(server, authorities)) == broken
        assert failure(HttpProbe(url=f"https://{server}/", authorities=authorities)) == broken


def test_a_server_without_tls_is_the_targets_affair() -> None:
    with plain_server(ok(b"plain")) as server:
        cause = NoAnswer("the TLS connection could not be made, or the server speaks no TLS")
        assert failure(HttpProbe(url=f"https://{server}/")) == cause
        assert failure(TlsProbe(server)) == cause
    with plain_server(None) as silent:
        assert failure(TlsProbe(silent), 0.2) == NoAnswer("no TLS handshake in time")
    with plain_server(None, hangs_up=True) as rude:
        assert not failure(TlsProbe(rude)).is_ours


def test_a_connection_and_a_name_are_enough() -> None:
    with plain_server(None) as server:
        assert answer(TcpProbe(server)).seconds > 0
    assert LOOPBACK in answer(DnsProbe("localhost")).addresses


async def _fine(said: Talk) -> None:
    request = await said.request()
    is_grpc = request.headers.get("content-type") == "application/grpc"
    if is_grpc:
        headers = [(":status", "200"), ("content-type", "application/grpc")]
        await said.answer(headers, b"\0\0\0\0\2\x08\1", [("grpc-status", "0")])
    else:
        await said.answer([(":status", "204" if request.headers[":path"] == "/2" else "500")])


@pytest.mark.parametrize("pair", [None, PAIR], ids=["prior knowledge", "ALPN"])
def test_http2_and_grpc_are_asked_through_the_port(pair: Pair | None) -> None:
    scheme, authorities = ("https", AUTHORITY.certificate) if pair else ("http", None)
    with http2_server(_fine, pair) as server:
        page = answer(HttpProbe(url=f"{scheme}://{server}/2", version="2", authorities=authorities))
        health = answer(GrpcProbe(server, "shop", tls=pair is not None, authorities=authorities))
    assert (page.status, health.status) == (204, 1)
    assert (page.certificate_ends is None) is (health.certificate_ends is None) is (pair is None)
    with plain_server(None) as silent:
        assert failure(GrpcProbe(silent, tls=False), 0.2) == LATE
