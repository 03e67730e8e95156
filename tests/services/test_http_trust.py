"""Whom HTTPS trusts, and through which proxy it goes, with real servers on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import pytest
from tests.fault_server import fault_server
from tests.servers import Authority, closed_port, failure, tls_server

from deploy_actions.core.addresses import Address
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Unreachable
from deploy_actions.services.http import HttpServers

OURS, THEIRS = Authority(), Authority()
TOKEN = Secret("canary-in-the-mine")


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    with tls_server(OURS.issue()) as address:
        yield address


def asked(address: Address, authorities: str | None = OURS.certificate) -> HttpRequest:
    return HttpRequest.bearer(f"https://{address}/", TOKEN, accept="*/*", authorities=authorities)


def test_a_server_of_an_authority_that_is_not_the_hosts_is_refused(server: Address) -> None:
    assert "trusted" in failure(Unreachable, lambda: HttpServers().send(asked(server, None))).cause
    assert "trusted" in failure(Unreachable, lambda: HttpServers().send(asked(server, THEIRS.certificate))).cause


def test_a_server_of_an_authority_that_the_request_names_is_trusted(server: Address) -> None:
    assert HttpServers().send(asked(server)).status == 200
    assert HttpServers().send(asked(server, THEIRS.certificate + OURS.certificate)).status == 200


def test_authorities_of_one_request_are_not_those_of_the_next(server: Address) -> None:
    http = HttpServers()
    http.send(asked(server))
    failure(Unreachable, lambda: http.send(asked(server, None)))


def test_a_certificate_for_another_host_is_refused() -> None:
    with tls_server(OURS.issue("other.example")) as address:
        failure(Unreachable, lambda: HttpServers().send(asked(address)))


@pytest.mark.parametrize("authorities", ["", "words-of-the-server", "-----BEGIN CERTIFICATE-----"])
def test_authorities_that_cannot_be_read_are_malformed(server: Address, authorities: str) -> None:
    assert "PEM" in failure(Malformed, lambda: HttpServers().send(asked(server, authorities))).cause


class Proxy(NamedTuple):
    url: str
    heard: list[bytes]


@contextmanager
def connect_proxy() -> Iterator[Proxy]:
    """Makes a tunnel for each CONNECT; `heard` is what stood before each tunnel."""
    heard: list[bytes] = []
    open_ones: list[socket.socket] = []

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                open_ones.append(client)
                head = b""
                while b"\r\n\r\n" not in head:
                    head += client.recv(1024)
                heard.append(head)
                host, _, port = head.split()[1].decode().rpartition(":")
                target = socket.create_connection((host, int(port)), 5)
                open_ones.append(target)
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                for ends in ((client, target), (target, client)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}", heard)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for one in open_ones:
        one.close()


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_https_goes_through_the_proxy_of_the_environment_which_sees_no_credential(server: Address, scheme: str) -> None:
    with connect_proxy() as proxy:
        http = HttpServers(environ={"https_proxy": scheme + proxy.url.removeprefix("http://")})
        assert http.send(asked(server)).status == 200
        assert proxy.heard[0].startswith(f"CONNECT {server} ".encode())
        assert len(proxy.heard) == 1
        assert TOKEN.reveal().encode() not in proxy.heard[0]


def test_a_server_behind_a_proxy_is_trusted_no_more_than_others(server: Address) -> None:
    with connect_proxy() as proxy:
        http = HttpServers(environ={"https_proxy": proxy.url})
        failure(Unreachable, lambda: http.send(asked(server, None)))
        failure(Unreachable, lambda: http.send(asked(server, THEIRS.certificate)))


def test_hosts_of_no_proxy_are_asked_straight(server: Address) -> None:
    with connect_proxy() as proxy:
        http = HttpServers(environ={"https_proxy": proxy.url, "no_proxy": "localhost,127.0.0.1"})
        assert http.send(asked(server)).status == 200
        assert proxy.heard == []


def test_http_to_this_host_goes_through_no_proxy() -> None:
    with connect_proxy() as proxy, fault_server() as plain:
        environ = dict.fromkeys(("https_proxy", "http_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy.url)
        assert HttpServers(environ=environ).send(HttpRequest.bearer(f"{plain.url}/ok", TOKEN)).status == 200
        assert proxy.heard == []


def test_a_proxy_that_is_not_there_is_unreachable(server: Address) -> None:
    with closed_port() as address:
        failure(Unreachable, lambda: HttpServers(environ={"https_proxy": f"http://{address}"}).send(asked(server)))
