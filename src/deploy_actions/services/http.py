"""Servers that answer HTTP, through urllib3: one attempt, bounded time and size, no redirect followed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from deploy_actions import __version__
from deploy_actions.core.ports import Http, HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.http_answers import judge
from deploy_actions.services.proxies import proxy_for

if TYPE_CHECKING:
    import urllib3

LIMIT_SECONDS = 10.0
"""Time for one request in all, however slowly the body comes."""

LIMIT_BYTES = 1024 * 1024
"""Largest body that is read."""

_CHUNK = 16 * 1024
_SIDE_BY_SIDE = 16


class HttpServers:
    """HTTP and HTTPS with the host's certificate authorities. No redirect is followed, so no credential travels."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS, environ: Mapping[str, str] | None = None) -> None:
        self._limit_seconds = limit_seconds
        self._environ = environ or {}
        self._pools: dict[tuple[str | None, str | None], urllib3.PoolManager] = {}

    def _pool(self, request: HttpRequest) -> "urllib3.PoolManager":
        """One pool for each proxy and each set of authorities."""
        import urllib3  # 90 ms, which only a request pays for

        proxy = proxy_for(request.url, self._environ)
        key = (proxy, request.authorities)
        if key not in self._pools:
            settings = {"retries": False, "maxsize": _SIDE_BY_SIDE, **_trust(request)}
            make = urllib3.PoolManager if proxy is None else partial(urllib3.ProxyManager, proxy, **_login(proxy))
            self._pools[key] = make(**settings)
        return self._pools[key]

    def send(self, request: HttpRequest) -> HttpResponse:
        """See `ports.Http`."""
        import urllib3

        service, operation = _named(request)
        with _translated(service, operation):
            response = self._pool(request).request(
                request.method,
                request.url,
                headers=_headers(request),
                body=request.body,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(total=self._limit_seconds),
            )
            body = _read(response, time.monotonic() + self._limit_seconds)
        answer = HttpResponse(response.status, {k.lower(): v for k, v in response.headers.items()}, body)
        judge(answer, request, service, operation)
        return answer


def connect(world: World) -> Http:
    """HTTP servers, reached through the proxy that the environment names."""
    return HttpServers(environ=world.environ)


def _login(proxy: str) -> dict[str, Any]:
    """The header by which the environment's own user logs in at the proxy, if it names one."""
    import urllib3

    user = urllib3.util.parse_url(proxy).auth
    headers = urllib3.util.make_headers(proxy_basic_auth=unquote(user)) if user else {}
    return {"proxy_headers": headers}


def _trust(request: HttpRequest) -> dict[str, Any]:
    """The host's authorities, and those of the request besides. Raises Malformed for what is no certificate."""
    if request.authorities is None:
        return {}
    import ssl

    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cadata=request.authorities)
    except (ssl.SSLError, ValueError, TypeError):
        raise Malformed("the server", "reading its authorities", "they are no certificates in PEM") from None
    return {"ssl_context": context}


def _headers(request: HttpRequest) -> dict[str, str]:
    headers = {
        "Accept": request.accept,
        "Accept-Encoding": "identity",
        "User-Agent": f"deploy-actions/{__version__}",  # GitHub takes no request without one
    }
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    secret = {name: f"{words}{value.reveal()}" for name, (words, value) in request.secret_headers.items()}
    return headers | dict(request.headers) | secret


def _named(request: HttpRequest) -> tuple[str, str]:
    """Host and path for messages: without user, password and query. Raises Malformed for what is no HTTP address."""
    import urllib3

    try:
        where = urllib3.util.parse_url(request.url)
    except urllib3.exceptions.LocationParseError:
        raise Malformed("the server", "reading its address", "it is no URL") from None
    if where.scheme not in ("http", "https") or not where.host:
        raise Malformed("the server", "reading its address", "it is no http or https URL")
    host = f"{where.host}:{where.port}" if where.port else where.host
    return host, f"{request.method} {where.path or '/'}"


@contextmanager
def _translated(service: str, operation: str) -> Iterator[None]:
    import urllib3

    try:
        yield
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError, _TooLarge) as error:
        raise Malformed(service, operation, _cause(error)) from None
    except (urllib3.exceptions.HTTPError, TimeoutError) as error:
        raise Unreachable(service, operation, _cause(error)) from None
    except (ValueError, UnicodeError):
        raise Malformed(service, operation, "a header holds what no header can") from None


def _cause(error: Exception) -> str:
    """What kind of error it was; its text is not used, as it can hold the URL or a piece of the body."""
    words = {
        "NewConnectionError": "the connection was refused or could not be made",
        "NameResolutionError": "the host name does not resolve",
        "ConnectTimeoutError": "no connection in time",
        "ReadTimeoutError": "no answer in time",
        "TimeoutError": "the answer was not complete in time",
        "SSLError": "the TLS connection could not be trusted",
        "ProtocolError": "the answer is broken off or no HTTP",
        "_TooLarge": f"the body is longer than {LIMIT_BYTES} bytes",
    }
    return words.get(type(error).__name__, type(error).__name__)


class _TooLarge(Exception):
    pass


def _read(response: "urllib3.BaseHTTPResponse", deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > LIMIT_BYTES:
            response.close()
            raise _TooLarge
        if time.monotonic() > deadline:
            response.close()
            raise TimeoutError
    response.release_conn()
    return bytes(body)
