"""Asks any address that says, by its status, whether it takes a credential; and perhaps when that ends."""

import re
from datetime import datetime
from typing import Any, ClassVar, Self

import msgspec

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.clients.rest import basic
from deploy_actions.core.address_types import ExactUrl, HeaderName
from deploy_actions.core.declare import optional, required
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.credentials.credential import NoDate
from deploy_actions.credentials.reading import moment_from_seconds, moment_from_text

_MILLISECONDS_FROM = 100_000_000_000
"""A number from here on counts milliseconds: as seconds it would be after the year 5000."""

_MOST_DIGITS = 9
"""Of a place in a list."""


class JsonPath(tuple[str, ...]):
    """Where a value stands in a JSON document: names and places in lists, with dots between."""

    expects: ClassVar[str] = "names with dots between, as in `token.expires_at` or `keys.0.end`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        if not re.fullmatch(r"[^.\s]+(?:\.[^.\s]+)*", text):
            raise NotOfType(f"is not {cls.expects}")
        return cls(text.split("."))


class Status(int):
    """A status of HTTP."""

    expects: ClassVar[str] = "a status from 200 to 599"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType. A redirect cannot be expected, since a login page is where it leads."""
        if not re.fullmatch(r"2[0-9]{2}|[45][0-9]{2}", text) or text in ("401", "403"):
            raise NotOfType(f"is not {cls.expects}, or is one that refuses or redirects")
        return cls(text)


class HttpProbe(Probe, frozen=True):
    """`GET` with the credential in a header or as basic authentication."""

    url: ExactUrl = required("What to ask: an address that only a valid credential may, as a `whoami`.")
    header: HeaderName = optional("Authorization", "The header that carries the credential.")
    prefix: str = optional("", "What stands before the credential in the header; `Authorization` has `Bearer`.")
    user: str = optional("", "The user, for basic authentication with the credential as password.")
    status: Status | None = optional("", "The one status that means yes; by default any from 200 to 299.")
    expiry: JsonPath | None = optional("", "Where the answer, in JSON, says when the credential ends.")

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        request = HttpRequest(
            url=self.url,
            secret_headers={self.header: self._words(secret)},
            accept="application/json" if self.expiry else "*/*",
            expected=(self.status,) if self.status else (),
        )
        response = worlds.http.send(request)
        return Answer(str(self.url), _moment(response.body, self.expiry) if self.expiry else None)

    def _words(self, secret: Secret) -> tuple[str, Secret]:
        if self.user:
            return ("Basic ", basic(self.user, secret))
        prefix = self.prefix or ("Bearer" if self.header.lower() == "authorization" else "")
        return (f"{prefix} " if prefix else "", secret)


def _moment(body: bytes, path: JsonPath) -> datetime:
    found: Any = _decoded(body)
    for name in path:
        if isinstance(found, list) and name.isdecimal() and len(name) <= _MOST_DIGITS and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise _malformed(f"it holds nothing at `{'.'.join(path)}`")
    try:
        return _read(found)
    except (NoDate, OverflowError):
        raise _malformed(f"what it holds at `{'.'.join(path)}` is no date") from None


def _read(found: Any) -> datetime:
    if isinstance(found, int | float) and not isinstance(found, bool):
        return moment_from_seconds(found / 1000 if found >= _MILLISECONDS_FROM else found, "it")
    return moment_from_text(found, "it")


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise _malformed("it is no JSON") from None


def _malformed(cause: str) -> Malformed:
    return Malformed("the probed service", "reading its answer", cause)
