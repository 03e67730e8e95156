"""Targets are asked for real, and whose affair a missing answer is, is told apart."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.servers import LOOPBACK, closed_port, dripping_server, plain_server

from deploy_actions.core.addresses import Address
from deploy_actions.core.probing import (
    MOST_BODY_BYTES,
    Answer,
    CommandProbe,
    DnsProbe,
    Ended,
    HttpProbe,
    NoAnswer,
    Probe,
    TcpProbe,
    TlsProbe,
)
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World
from deploy_actions.services.probes import TargetProbes

TOKEN = "obviously-fake-token"
SRC = Path(__file__).parents[2] / "src"


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/slow":
            time.sleep(1)
        locations = {"/same": "/ok", "/loop": "/loop", "/metadata": "http://169.254.169.254/latest/meta-data"}
        status = {"/503": 503}.get(path, 302 if path in locations else 200)
        body = {"/secret": b"x" * 190 + TOKEN.encode(), "/endless": b"x" * (2 * MOST_BODY_BYTES)}.get(
            path, b"fine\n\x1b[2Jok"
        )
        self.send_response(status)
        self.send_header("Location", locations.get(path, ""))
        self.send_header("X-Host", self.headers["Host"])
        self.send_header("X-Token", self.headers.get("X-Token", "none"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # the library's own parameter
        """No access log."""


class Server(ThreadingHTTPServer):
    request_queue_size = 512


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    http = Server((LOOPBACK, 0), Handler)
    Thread(target=http.serve_forever, daemon=True).start()
    yield Address(LOOPBACK, http.server_port)
    http.shutdown()
    http.server_close()


def world(environ: dict[str, str] | None = None) -> World:
    redactor = Redactor()
    redactor.add("TOKEN", TOKEN)
    return World({"PATH": os.environ["PATH"], **(environ or {})}, redactor, print)


def outcomes(probe: Probe, limit: float = 5.0, environ: dict[str, str] | None = None) -> dict[str, Answer | NoAnswer]:
    probes = TargetProbes(world(environ))
    try:
        probes.start(7, probe, limit)
        (ended,) = probes.ended(limit + 5)
    finally:
        probes.stop()
    assert ended.key == 7
    return dict(ended.outcomes)


def answer(probe: Probe, limit: float = 5.0) -> Answer:
    outcome = outcomes(probe, limit)[""]
    assert isinstance(outcome, Answer), outcome
    return outcome


def failure(probe: Probe, limit: float = 5.0, environ: dict[str, str] | None = None) -> NoAnswer:
    outcome = outcomes(probe, limit, environ)[""]
    assert isinstance(outcome, NoAnswer), outcome
    return outcome


def at(server: Address, path: str = "/ok", **more: object) -> HttpProbe:
    return HttpProbe(url=f"http://{server}{path}", **more)  # type: ignore[arg-type]


def test_an_answer_has_status_headers_body_and_an_excerpt_of_one_plain_line(server: Address) -> None:
    seen = answer(at(server))
    assert (seen.status, seen.body, seen.excerpt) == (200, b"fine\n\x1b[2Jok", "fine [2Jok")
    assert seen.headers["x-host"] == str(server)
    assert 0 < seen.seconds < 5
    assert answer(at(server, "/503")).status == 503


def test_a_credential_is_sent_and_then_nothing_of_the_body_is_shown(server: Address) -> None:
    seen = answer(at(server, secret_headers={"X-Token": ("Key ", Secret(TOKEN))}))
    assert seen.headers["x-token"] == f"Key {TOKEN}"
    assert seen.excerpt == ""


def test_a_secret_at_the_end_of_an_excerpt_is_hidden_whole(server: Address) -> None:
    assert answer(at(server, "/secret")).excerpt == "x" * 190 + "***"


def test_a_body_without_end_is_cut(server: Address) -> None:
    seen = answer(at(server, "/endless"))
    assert (len(seen.body), seen.is_cut) == (MOST_BODY_BYTES, True)


def test_redirects_stay_with_the_host(server: Address) -> None:
    assert answer(at(server, "/same")).status == 302
    assert answer(at(server, "/same", redirects=1)).status == 200
    assert failure(at(server, "/loop", redirects=3)).cause == "it was redirected more than 3 times"
    assert "169.254.169.254, which is not followed" in failure(at(server, "/metadata", redirects=3)).cause


def test_who_does_not_answer_in_time_is_over_at_the_limit(server: Address) -> None:
    started = time.monotonic()
    assert failure(at(server, "/slow"), 0.2) == NoAnswer("no complete answer in time")
    with plain_server(None) as half_open:
        assert failure(at(half_open), 0.2) == NoAnswer("no complete answer in time")
    with dripping_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") as dripping:
        assert failure(at(dripping), 0.3) == NoAnswer("no complete answer in time")
    assert time.monotonic() - started < 8


def test_what_is_wrong_with_the_target_is_not_ours(server: Address) -> None:
    with closed_port() as nobody:
        assert failure(at(nobody)) == NoAnswer("the connection was refused")
        assert failure(TcpProbe(nobody)) == NoAnswer("the connection was refused")
    assert not failure(TlsProbe(server)).is_ours
    with plain_server(b"no http at all\r\n\r\n") as other:
        assert failure(at(other)) == NoAnswer("the answer is broken off, or no HTTP")


@pytest.mark.parametrize(
    ("error", "is_ours"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "x"), True),
        (socket.gaierror(socket.EAI_NONAME, "x"), False),
        (UnicodeError(), False),
    ],
)
def test_a_resolver_that_fails_is_ours_and_a_name_that_does_not_exist_is_not(
    monkeypatch: pytest.MonkeyPatch, error: Exception, is_ours: bool
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert failure(HttpProbe(url="http://shop.example/")).is_ours is is_ours
    assert failure(DnsProbe("shop.example")).is_ours is is_ours


def test_no_route_and_a_proxy_that_refuses_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with plain_server(b"HTTP/1.1 407 Login\r\n\r\n") as proxy:
        refused = failure(HttpProbe(url="https://shop.example/"), environ={"https_proxy": f"http://{proxy}"})
    assert refused == NoAnswer("the proxy answered 407", is_ours=True)

    async def no_route(*_args: object, **_more: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("asyncio.open_connection", no_route)
    assert failure(TcpProbe(Address("192.0.2.1", 80))) == NoAnswer("there is no route to it", is_ours=True)


def test_every_instance_is_asked_under_the_name(server: Address) -> None:
    with closed_port() as nobody:
        probe = HttpProbe(url="http://shop.example/ok", instances=(server, nobody))
        seen = outcomes(probe)
    assert seen[str(nobody)] == NoAnswer("the connection was refused")
    good = seen[str(server)]
    assert isinstance(good, Answer)
    assert good.headers["x-host"] == "shop.example"


def test_200_targets_are_asked_side_by_side(server: Address) -> None:
    probes = TargetProbes(world())
    for key in range(200):
        probes.start(key, at(server), 10.0)
    seen: list[Ended] = []
    while len(seen) < 200:
        seen += probes.ended(10.0)
    probes.stop()
    assert {getattr(ended.outcomes[""], "status", None) for ended in seen} == {200}


def command(*arguments: str, **more: object) -> CommandProbe:
    return CommandProbe(command=arguments, **more)  # type: ignore[arg-type]


def test_a_program_ends_as_it_ends_and_gets_only_what_is_named() -> None:
    seen = answer(command("sh", "-c", "echo $A$TOKEN; exit 3", secrets={"TOKEN": Secret(TOKEN)}))
    assert (seen.status, seen.body, seen.excerpt) == (3, TOKEN.encode() + b"\n", "")
    assert answer(command("sh", "-c", "kill -TERM $$")).status == 143
    assert answer(command("sh", "-c", "yes | head -c 3000000")).is_cut
    assert failure(command("no-such-program")) == NoAnswer("no such program", is_ours=True)


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    hanging = command("sh", "-c", f"sleep 60 & echo $! >{pid}; wait")
    assert failure(hanging, 0.5) == NoAnswer("the program did not end in time")
    status = Path(f"/proc/{pid.read_text().strip()}/stat")
    assert not status.exists() or ") Z " in status.read_text()


def test_a_daemon_that_keeps_the_output_open_holds_nothing_up() -> None:
    started = time.monotonic()
    assert answer(command("sh", "-c", "sleep 60 & echo fine")).status == 0
    assert time.monotonic() - started < 8


def test_what_is_given_up_leaves_nothing_and_says_nothing(server: Address) -> None:
    program = f"""
from deploy_actions.core.probing import *
from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services.probes import connect
probes = connect(World({{"PATH": "/usr/bin:/bin"}}, Redactor(), print))
probes.start(1, HttpProbe(url="http://{server}/slow"), 30.0)
probes.start(2, CommandProbe(command=("sleep", "61.7")), 30.0)
probes.start(3, HttpProbe(url="http://localhost:{server.port}/slow"), 30.0)
assert not probes.ended(0.2)
"""
    for end in ("probes.stop(); probes.stop()", "raise KeyboardInterrupt", ""):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program + end],
            env={"PYTHONPATH": str(SRC)},
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        assert done.stdout == ""
        assert "asyncio" not in done.stderr
        assert "KeyboardInterrupt" in done.stderr if end.startswith("raise") else done.stderr == ""
    left = subprocess.run(["pgrep", "-f", "^sleep 61.7"], capture_output=True, text=True, check=False)
    assert left.stdout == ""
