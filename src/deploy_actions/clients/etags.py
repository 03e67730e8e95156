"""Asks GitHub only for what has changed: an answer that has an ETag is kept, and taken again where GitHub says 304.

Such an answer to a request with a good token does not count towards the rate limit (GitHub's documentation, "Best
practices for using the REST API", conditional requests).
"""

import hmac
import zlib

import msgspec

from deploy_actions.core.ports import Files, Http, HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, ServiceError

_NOT_MODIFIED = 304
_GOOD = tuple(range(200, 300))
_MAC_BYTES = 32
_PURPOSE = b"deploy-actions: answers kept by ETag, version 1"
"""A file of answers is sealed with the credential: who cannot read that cannot forge what GitHub said."""


class Kept(msgspec.Struct, frozen=True):
    """An answer, and the ETag that it had."""

    etag: str
    body: bytes


class Conditional:
    """The port Http with what was answered before, by address."""

    def __init__(self, http: Http, kept: dict[str, Kept] | None = None) -> None:
        self._http = http
        self.kept = kept if kept is not None else {}

    def send(self, request: HttpRequest) -> HttpResponse:
        """See `ports.Http`."""
        if request.method != "GET":
            return self._http.send(request)
        kept = self.kept.get(request.url)
        response = self._http.send(_conditional(request, kept.etag) if kept else request)
        if kept and response.status == _NOT_MODIFIED:
            return HttpResponse(200, response.headers, kept.body)
        if etag := response.headers.get("etag"):
            self.kept[request.url] = Kept(etag, response.body)
        return response


def _conditional(request: HttpRequest, etag: str) -> HttpRequest:
    return msgspec.structs.replace(
        request,
        headers={**request.headers, "If-None-Match": etag},
        expected=(*(request.expected or _GOOD), _NOT_MODIFIED),
    )


def load(files: Files, path: str, key: Secret) -> dict[str, Kept]:
    """The answers in a file that `save` wrote with this credential; none where there is no such file.

    Raises ServiceError for a file that cannot be read. What another credential wrote, or somebody changed, is not used.
    """
    try:
        sealed = files.read(path)
    except NotFound:
        return {}
    mac, packed = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(packed, key)):
        return {}
    try:
        return msgspec.msgpack.decode(zlib.decompress(packed), type=dict[str, Kept])
    except (zlib.error, msgspec.DecodeError):
        return {}


def save(files: Files, path: str, key: Secret, kept: dict[str, Kept]) -> str:
    """Writes the answers, compressed and sealed; returns why it could not, empty where it could."""
    packed = zlib.compress(msgspec.msgpack.encode(kept))
    try:
        files.write(path, _mac(packed, key) + packed)
    except ServiceError as error:
        return str(error)
    return ""


def _mac(packed: bytes, key: Secret) -> bytes:
    return hmac.digest(hmac.digest(key.reveal().encode(), _PURPOSE, "sha256"), packed, "sha256")
