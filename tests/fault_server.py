"""A loopback server that answers as badly as servers do, one fault to a path."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers import serving

STATUSES = (401, 403, 404, 410, 418, 429, 500, 503)
_SLOW_FOR_SECONDS = 5


class FaultServer(ThreadingHTTPServer):
    """`/<status>`, `/ok`, `/slow`, `/endless`, `/truncated`, `/html`, `/no-json`, `/huge`, `/no-http`, `/redirect`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.elsewhere = elsewhere
        self.authorizations: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a fault is what is wanted."""


class Handler(BaseHTTPRequestHandler):
    server: FaultServer

    def do_GET(self) -> None:
        self.server.authorizations.append(self.headers.get("Authorization"))
        fault = self.path.strip("/").split("/")[-1]
        getattr(self, f"do_{fault.replace('-', '_')}", lambda: self.do_status(int(fault)))()

    def answer(self, status: int, body: bytes, *, length: int | None = None, **more: str) -> None:
        self.send_response(status)
        headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in more.items()}}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_status(self, status: int) -> None:
        body = b'{"message": "body-that-must-not-show"}'
        if status in (429, 503):
            self.answer(status, body, Retry_After="7")
        else:
            self.answer(status, body)

    def do_ok(self) -> None:
        self.answer(200, b"{}")

    def do_slow(self) -> None:
        time.sleep(_SLOW_FOR_SECONDS)

    def do_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        for _ in range(_SLOW_FOR_SECONDS * 20):
            self.wfile.write(b" ")
            time.sleep(0.05)

    def do_truncated(self) -> None:
        self.answer(200, b'{"a": ', length=100)

    def do_html(self) -> None:
        self.answer(200, b"<html>", Content_Type="text/html")

    def do_no_json(self) -> None:
        self.answer(200, b"{no json")

    def do_huge(self) -> None:
        self.answer(200, b" " * (1024 * 1024 + 1))

    def do_no_http(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    def do_redirect(self) -> None:
        self.answer(302, b"", Location=f"{self.server.elsewhere}/ok")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def fault_server(elsewhere: str = "") -> Iterator[FaultServer]:
    """A running server; `elsewhere` is where `/redirect` leads."""
    with serving(FaultServer(elsewhere)) as server:
        yield server
