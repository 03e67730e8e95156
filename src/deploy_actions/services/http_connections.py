"""What every client of HTTP shares: pools behind the right proxy, headers, names and errors in words of our own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from deploy_actions import __version__
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.service_errors import Malformed, Unreachable
from deploy_actions.services.proxies import proxy_for

if TYPE_CHECKING:
    import urllib3

_SIDE_BY_SIDE = 16


class TooLarge(Exception):
    """A body that is longer than its reader takes; its text says so."""


class Pools:
    """Connections with the host's certificate authorities, through the proxy that the environment names."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ or {}
        self._pools: dict[tuple[str | None, str | None], urllib3.PoolManager] = {}

    def _of(self, request: HttpRequest) -> "urllib3.PoolManager":
        """One pool for each proxy and each set of authorities. Raises Malformed for authorities that are none."""
        import urllib3  # 90 ms, which only a request pays for

        proxy = proxy_for(request.url, self._environ)
        key = (proxy, request.authorities)
        if key not in self._pools:
            settings = {"retries": False, "maxsize": _SIDE_BY_SIDE, **_trust(request)}
            make = urllib3.PoolManager if proxy is None else partial(urllib3.ProxyManager, proxy, **_login(proxy))
            self._pools[key] = make(**settings)
        return self._pools[key]

    def ask(
        self, request: HttpRequest, timeout: "urllib3.Timeout", *, decoded: bool = True
    ) -> "urllib3.BaseHTTPResponse":
        """The answer, of which the body is not read yet; no redirect is followed. `decoded` unpacks the body."""
        return self._of(request).request(
            request.method,
            request.url,
            headers=_headers_of(request),
            body=request.body,
            redirect=False,
            preload_content=False,
            decode_content=decoded,
            timeout=timeout,
        )


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


def _headers_of(request: HttpRequest) -> dict[str, str]:
    """All headers of a request, its credentials among them."""
    headers = {
        "Accept": request.accept,
        "Accept-Encoding": "identity",
        "User-Agent": f"deploy-actions/{__version__}",  # GitHub takes no request without one
    }
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    secret = {name: f"{words}{value.reveal()}" for name, (words, value) in request.secret_headers.items()}
    return headers | dict(request.headers) | secret


def named(request: HttpRequest) -> tuple[str, str]:
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
def translated(service: str, operation: str) -> Iterator[None]:
    """Raises the leaf of ServiceError that an error inside stands for."""
    import urllib3

    try:
        yield
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError, TooLarge) as error:
        raise Malformed(service, operation, _cause(error)) from None
    except (urllib3.exceptions.HTTPError, TimeoutError) as error:
        raise Unreachable(service, operation, _cause(error)) from None
    except (ValueError, UnicodeError):
        raise Malformed(service, operation, "a header holds what no header can") from None


def _cause(error: Exception) -> str:
    """What kind of error it was; the text of urllib3's is not used: it can hold the URL or a piece of the body."""
    words = {
        "NewConnectionError": "the connection was refused or could not be made",
        "NameResolutionError": "the host name does not resolve",
        "ConnectTimeoutError": "no connection in time",
        "ReadTimeoutError": "no answer in time",
        "TimeoutError": "the answer was not complete in time",
        "SSLError": "the TLS connection could not be trusted",
        "ProtocolError": "the answer is broken off or no HTTP",
        "TooLarge": str(error),
    }
    return words.get(type(error).__name__, type(error).__name__)
