"""Servers that answer HTTP, through urllib3: one attempt, bounded time and size, every answer judged in one place."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import urllib3

from deploy_actions import __version__
from deploy_actions.core.ports import (
    Http,
    HttpResponse,
    Malformed,
    NotFound,
    RateLimited,
    Refused,
    ServiceError,
    Unreachable,
)
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World

LIMIT_SECONDS = 10.0
"""Time for one request in all, however slowly the body comes."""

LIMIT_BYTES = 1024 * 1024
"""Largest body that is read."""

_CHUNK = 16 * 1024


class HttpServers:
    """HTTP and HTTPS with the host's certificate authorities. No redirect is followed, so no credential travels."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit_seconds = limit_seconds
        self._pool = urllib3.PoolManager(retries=False, headers={"User-Agent": f"deploy-actions/{__version__}"})

    def get(self, url: str, *, credential: Secret | None = None, accept: str = "application/json") -> HttpResponse:
        """See `ports.Http`."""
        service, operation = _named(url)
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        if credential:
            headers["Authorization"] = f"Bearer {credential.reveal()}"
        with _translated(service, operation):
            response = self._pool.request(
                "GET",
                url,
                headers=headers,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(total=self._limit_seconds),
            )
            body = _read(response, time.monotonic() + self._limit_seconds)
        answer = HttpResponse(response.status, {k.lower(): v for k, v in response.headers.items()}, body)
        _judge(answer, accept, service, operation)
        return answer


def connect(_world: World) -> Http:
    """HTTP servers. The environment gives no proxy: a credential goes where the URL says and nowhere else."""
    return HttpServers()


def _named(url: str) -> tuple[str, str]:
    """Host and path for messages: without user, password and query. Raises Malformed for what is no HTTP address."""
    try:
        where = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError:
        raise Malformed("the server", "reading its address", "it is no URL") from None
    if where.scheme not in ("http", "https") or not where.host:
        raise Malformed("the server", "reading its address", "it is no http or https URL")
    return f"{where.host}:{where.port}" if where.port else where.host, f"GET {where.path or '/'}"


@contextmanager
def _translated(service: str, operation: str) -> Iterator[None]:
    try:
        yield
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError, _TooLarge) as error:
        raise Malformed(service, operation, _cause(error)) from None
    except (urllib3.exceptions.HTTPError, TimeoutError) as error:
        raise Unreachable(service, operation, _cause(error)) from None


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


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
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


def _judge(answer: HttpResponse, accept: str, service: str, operation: str) -> None:
    """Raises the leaf of ServiceError that the answer stands for; returns for 200 to 299 with the right content."""
    status = answer.status
    if 200 <= status < 300:
        content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if accept not in ("*/*", content_type):
            raise Malformed(service, operation, f"the content type is not {accept}")
        return
    raise _error(status, answer.headers, service, operation)


def _error(status: int, headers: Mapping[str, str], service: str, operation: str) -> ServiceError:
    cause = f"status {status}"
    if status in (401, 403):
        return Refused(service, operation, cause)
    if status in (404, 410):
        return NotFound(service, operation, cause)
    if status == 429:
        retry_after = _retry_after(headers)
        wait = "" if retry_after is None else f", retry after {retry_after} s"
        return RateLimited(service, operation, f"{cause}{wait}", retry_after)
    if 300 <= status < 400:
        return Malformed(service, operation, f"{cause}, a redirect, which is not followed")
    if status >= 500:
        return Unreachable(service, operation, cause)
    return Malformed(service, operation, cause)


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """The seconds that `Retry-After` gives (RFC 9110, section 10.2.3); None for a date or anything else."""
    seconds = headers.get("retry-after", "")
    return int(seconds) if re.fullmatch(r"[0-9]{1,7}", seconds) else None
