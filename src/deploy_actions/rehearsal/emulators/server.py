"""What every emulator is: a state behind a table of routes, on a loopback port, remembering what went through."""

import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import ClassVar, Generic, NamedTuple, Self

import msgspec

from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes, State

NO_ROUTE = ""
"""The route template of a request that no route takes."""

_IDLE_SECONDS = 5
_POLL_SECONDS = 0.02


class Received(NamedTuple):
    """A request as it came: path with query, lower-case headers."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answered(NamedTuple):
    """The answer to the request in the same place of `received`; `route` is the template."""

    route: str
    method: str
    status: int
    body: object


class Emulator(Generic[State]):
    """An API; serves inside `with`. A test may read and change `state` and both lists while it serves."""

    routes: ClassVar[Routes[State]]

    def __init__(self, state: State) -> None:
        self.state = state
        self.received: list[Received] = []
        self.answered: list[Answered] = []
        self._one_at_a_time = threading.Lock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address that takes the place of the API's own, with no slash at its end."""
        if self._server is None:
            raise RuntimeError("The emulator serves inside `with` only.")
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = _Server(self)
        serve = {"poll_interval": _POLL_SECONDS}
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs=serve, name=type(self).__name__)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    def answer(self, request: Request) -> Answer:
        """The answer to a request, remembered. One at a time: the state needs no locks."""
        with self._one_at_a_time:
            match = self.routes.find(request.method, request.path)
            if match:
                request = msgspec.structs.replace(request, parameters=match.parameters)
            try:
                self.guard(request)
                given = match.handler(self.state, request) if match else self.missing(request)
            except Refusal as refusal:
                given = refusal.answer
            given = self.dressed(request, given)
            self.received.append(Received(request.method, request.target, dict(request.headers), request.body))
            self.answered.append(
                Answered(match.template if match else NO_ROUTE, request.method, given.status, given.body)
            )
            return given

    def guard(self, request: Request, /) -> None:
        """Raises Refusal for what is answered the same on every route, such as when the service is down."""

    def missing(self, request: Request, /) -> Answer:
        """The answer where there is no route."""
        return Answer(HTTPStatus.NOT_FOUND, {"message": f"no route {request.method} {request.path}"})

    def dressed(self, _request: Request, answer: Answer, /) -> Answer:
        """The answer with the headers that the API always sends."""
        return answer


class _Server(ThreadingHTTPServer):
    """Waits on closing for every connection, so that none outlives the emulator."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, emulator: Emulator[State]) -> None:
        self.emulator = emulator
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(BaseHTTPRequestHandler):
    """One request (HTTP/1.0 keeps no connection); a client that says nothing is not waited for long."""

    server: _Server
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        """Any method: the routes tell them apart."""
        try:
            self._send(self.server.emulator.answer(self._request()))
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # the client hung up, which is its right

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 the standard library's own names

    def _request(self) -> Request:
        return Request(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            server=f"http://127.0.0.1:{self.server.server_port}",
        )

    def _send(self, answer: Answer) -> None:
        body = _bytes(answer.body)
        headers: Mapping[str, str] = {"Content-Type": "application/json", **answer.headers}
        self.send_response(answer.status)
        for name, value in headers.items():
            if body or name != "Content-Type":
                self.send_header(name, value)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the standard library's own name
        """No access log: `received` is it."""


def _bytes(body: object) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else msgspec.json.encode(body)
