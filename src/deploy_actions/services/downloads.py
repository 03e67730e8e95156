"""Servers that answer with more than is held at once, through urllib3: piece by piece, one redirect followed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from deploy_actions.core.address_types import ExactUrl
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.log_ports import Downloads
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.http_answers import judge
from deploy_actions.services.http_connections import Pools, named, translated
from deploy_actions.services.logfiles.inflating import PIECE_BYTES, Budget, gunzipped

if TYPE_CHECKING:
    import urllib3

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 30.0
"""How long a server may say nothing, before its answer and within it. Time in all is the caller's to bound."""

_REDIRECTS = (301, 302, 303, 307, 308)


class HttpDownloads:
    """HTTP and HTTPS as `HttpServers` has them, for bodies of any length."""

    def __init__(self, silent_seconds: float = SILENT_SECONDS, environ: Mapping[str, str] | None = None) -> None:
        self._silent_seconds = silent_seconds
        self._pools = Pools(environ)

    @contextmanager
    def open(self, request: HttpRequest) -> Iterator[Iterator[bytes]]:
        """See `log_ports.Downloads`."""
        response, where = self._asked(request), named(request)
        try:
            if response.status in _REDIRECTS and response.status not in request.expected:
                request = _elsewhere(request, response.headers.get("location", ""))
                response.close()
                response, where = self._asked(request), (named(request)[0], "GET what was redirected to it")
            _judge(response, request, *where)
            yield _pieces(response, *where)
        finally:
            response.close()

    def _asked(self, request: HttpRequest) -> "urllib3.BaseHTTPResponse":
        import urllib3

        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, self._silent_seconds), read=self._silent_seconds)
        with translated(*named(request)):
            return self._pools.ask(request, timeout, decoded=False)


def connect(world: World) -> Downloads:
    """HTTP servers, reached through the proxy that the environment names."""
    return HttpDownloads(environ=world.environ)


def _elsewhere(request: HttpRequest, location: str) -> HttpRequest:
    """What is asked at the place of a redirect: nothing of the first request goes there. Raises Malformed."""
    try:
        url = ExactUrl.parse(urljoin(request.url, location))
    except (NotOfType, ValueError):
        raise Malformed(*named(request), "it redirects to what is no https address without credentials") from None
    if request.method != "GET" or (request.url.lower().startswith("https:") and url.startswith("http:")):
        raise Malformed(*named(request), "a redirect, which is not followed")
    return HttpRequest(url=url, accept=request.accept, authorities=request.authorities)


def _judge(response: "urllib3.BaseHTTPResponse", request: HttpRequest, service: str, operation: str) -> None:
    """Raises the leaf of ServiceError for all but the body that was asked for, of which the end will be seen."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    judge(HttpResponse(response.status, headers, b"-"), request, service, operation)
    if headers.get("content-type", "").partition(";")[0].strip().lower() == "text/html" != request.accept:
        raise Malformed(service, operation, "it is a page for people, as a proxy or a login shows")
    if "content-length" not in headers and headers.get("transfer-encoding", "").lower() != "chunked":
        raise Malformed(service, operation, "it says not where the body ends, so that all of it cannot be told")
    if headers.get("content-encoding", "identity").lower() not in ("identity", "", "gzip", "x-gzip"):
        raise Malformed(service, operation, "the content is packed in a way that was not asked for")


def _pieces(response: "urllib3.BaseHTTPResponse", service: str, operation: str) -> Iterator[bytes]:
    body = _body(response, service, operation)
    if response.headers.get("content-encoding", "").lower() in ("gzip", "x-gzip"):
        return gunzipped(body, Budget(), service, operation)
    return body


def _body(response: "urllib3.BaseHTTPResponse", service: str, operation: str) -> Iterator[bytes]:
    import urllib3

    while True:
        with translated(service, operation):
            try:
                piece = response.read1(PIECE_BYTES, decode_content=False)
            except urllib3.exceptions.ProtocolError:
                raise Unreachable(service, operation, "the answer broke off before its end") from None
        if not piece:
            return
        yield piece
