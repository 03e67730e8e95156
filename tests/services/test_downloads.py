import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.servers import serving

from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError, Unreachable
from deploy_actions.services.downloads import HttpDownloads

CREDENTIAL = Secret("canary-in-the-mine")
TEXT = b"a line\n" * 400_000


class _Server(ThreadingHTTPServer):
    """Answers by path; remembers path and credential of each request."""

    def __init__(self, elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.elsewhere = elsewhere
        self.seen: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Authorization"]))
        answers: dict[str, Any] = {
            "/log": lambda: self._answer(200, TEXT),
            "/packed": lambda: self._answer(200, gzip.compress(TEXT), encoding="gzip"),
            "/packed-and-cut": lambda: self._answer(200, gzip.compress(TEXT)[:-9], encoding="gzip"),
            "/odd": lambda: self._answer(200, TEXT, encoding="br"),
            "/page": lambda: self._answer(200, b"<html>", kind="text/html"),
            "/cut": lambda: self._answer(200, TEXT[:-1], length=len(TEXT)),
            "/endless": lambda: self._answer(200, TEXT, length=-1),
            "/redirected": lambda: self._answer(302, b"", location=f"{self.server.elsewhere}/log"),
            "/twice": lambda: self._answer(302, b"", location=f"{self.server.elsewhere}/redirected"),
            "/to-a-file": lambda: self._answer(302, b"", location="file:///etc/passwd"),
            "/nowhere": lambda: self._answer(302, b""),
            "/refused": lambda: self._answer(403, b""),
        }
        answers.get(self.path, lambda: self._answer(404, b""))()

    def _answer(  # noqa: PLR0913  # what a server can say of an answer
        self,
        status: int,
        body: bytes,
        *,
        length: int | None = None,
        kind: str = "text/plain",
        encoding: str = "",
        location: str = "",
    ) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Encoding": encoding, "Location": location}
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def storage() -> Iterator[_Server]:
    with serving(_Server()) as server:
        server.elsewhere = server.url
        yield server


@pytest.fixture(scope="module")
def api(storage: _Server) -> Iterator[_Server]:
    with serving(_Server(storage.url)) as server:
        yield server


def pieces(url: str) -> list[bytes]:
    with HttpDownloads(silent_seconds=0.5).open(HttpRequest.bearer(url, CREDENTIAL, accept="*/*")) as found:
        return list(found)


@pytest.mark.parametrize("path", ["log", "packed", "redirected"])
def test_a_body_comes_whole_in_pieces(api: _Server, path: str) -> None:
    found = pieces(f"{api.url}/{path}")
    assert b"".join(found) == TEXT
    assert max(map(len, found)) <= 1 << 20


def test_the_credential_does_not_follow_the_redirect(api: _Server, storage: _Server) -> None:
    pieces(f"{api.url}/redirected")
    assert api.seen[-1] == ("/redirected", f"Bearer {CREDENTIAL.reveal()}")
    assert storage.seen[-1] == ("/log", None)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("none", NotFound),
        ("refused", Refused),
        ("cut", Unreachable),
        ("packed-and-cut", Malformed),
        ("odd", Malformed),
        ("page", Malformed),
        ("endless", Malformed),
        ("twice", Malformed),
        ("to-a-file", Malformed),
        ("nowhere", Malformed),
    ],
)
def test_what_is_not_the_whole_body_is_an_error(api: _Server, path: str, error: type[ServiceError]) -> None:
    with pytest.raises(error) as raised:
        pieces(f"{api.url}/{path}")
    assert CREDENTIAL.reveal() not in f"{raised.value!r} {raised.value}"


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(Unreachable):
        pieces("http://127.0.0.1:9/log")
