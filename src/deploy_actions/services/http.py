"""Servers that answer HTTP, through urllib3: one attempt, bounded time and size, no redirect followed."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from deploy_actions.core.ports import Http, HttpRequest, HttpResponse
from deploy_actions.core.world import World
from deploy_actions.services.http_answers import judge
from deploy_actions.services.http_connections import Pools, TooLarge, named, translated

if TYPE_CHECKING:
    import urllib3

LIMIT_SECONDS = 10.0
"""Time for one request in all, however slowly the body comes."""

LIMIT_BYTES = 1024 * 1024
"""Largest body that is read."""

_CHUNK = 16 * 1024


class HttpServers:
    """HTTP and HTTPS with the host's certificate authorities. No redirect is followed, so no credential travels."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS, environ: Mapping[str, str] | None = None) -> None:
        self._limit_seconds = limit_seconds
        self._pools = Pools(environ)

    def send(self, request: HttpRequest) -> HttpResponse:
        """See `ports.Http`."""
        import urllib3

        service, operation = named(request)
        with translated(service, operation):
            response = self._pools.ask(request, urllib3.Timeout(total=self._limit_seconds))
            body = _read(response, time.monotonic() + self._limit_seconds)
        answer = HttpResponse(response.status, {k.lower(): v for k, v in response.headers.items()}, body)
        judge(answer, request, service, operation)
        return answer


def connect(world: World) -> Http:
    """HTTP servers, reached through the proxy that the environment names."""
    return HttpServers(environ=world.environ)


def _read(response: "urllib3.BaseHTTPResponse", deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > LIMIT_BYTES:
            response.close()
            raise TooLarge(f"the body is longer than {LIMIT_BYTES} bytes")
        if time.monotonic() > deadline:
            response.close()
            raise TimeoutError
    response.release_conn()
    return bytes(body)
