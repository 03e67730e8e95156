"""The input types that say where something is: addresses of servers, repositories, parts of a JSON document."""

import re
from typing import ClassVar, Self

from deploy_actions.core.addresses import Address
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.text_types import Patterned

_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
_URL = re.compile(rf"https?://{_HOST}(?::([0-9]{{1,5}}))?(?:/[^\s?#]*)?(?:\?[^\s#]*)?")
_TARGET = re.compile(rf"https?://{_HOST}(?::([0-9]{{1,5}}))?(?:/[\x21\x24-\x7e]*)?(?:\?[\x21\x24-\x7e]*)?")
_ADDRESS = re.compile(rf"({_HOST}):([0-9]{{1,5}})")
_LARGEST_PORT = 65_535
_REPOSITORY = re.compile(r"[A-Za-z0-9_-]{1,39}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
"""Names of managed users hold a `_`; `.` and `..` would lead elsewhere."""

_HERE = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/].*)?")


class Url(str):
    """An address of HTTP without user and password; without TLS only on this very host."""

    __slots__ = ()
    expects: ClassVar[str] = "an https address without user and password"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType. A slash at the end is taken off, since a path is set behind it."""
        if "?" in text:
            raise NotOfType("has a query, behind which no path can be set")
        return cls(_url(text, cls.expects).rstrip("/"))


class ExactUrl(Url):
    """An address of HTTP that is asked just as it is, with its query and with the slash at its end."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        return cls(_url(text, cls.expects))


def _url(text: str, expects: str) -> str:
    found = _URL.fullmatch(text)
    if not found or not is_port(found[1] or "443"):
        raise NotOfType(f"is not {expects}")
    if text.startswith("http:") and not is_this_host(text):
        raise NotOfType("is an http address, over which a credential would travel in the clear; use https")
    return text


def is_this_host(url: str) -> bool:
    """Whether an http address is of this very host, so that nothing travels."""
    return bool(_HERE.fullmatch(url))


def is_port(digits: str) -> bool:
    """Whether the digits are a port that can be connected to."""
    return 0 < int(digits) <= _LARGEST_PORT


class TargetUrl(str):
    """An http or https address without user, password and fragment. Without TLS it may be sent no credential."""

    __slots__ = ()
    expects = "an http or https address without user and password"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        found = _TARGET.fullmatch(text)
        if not found or not is_port(found[1] or "443"):
            raise NotOfType(f"is not {cls.expects}")
        return cls(text)

    @property
    def without_query(self) -> str:
        """The address as it is shown."""
        return self.partition("?")[0]


class HostAndPort(Address, frozen=True):
    """A server's address, as in `db.example:5432`."""

    expects: ClassVar[str] = "a host and a port, as in `db.example:5432`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        found = _ADDRESS.fullmatch(text)
        if not found or not is_port(found[2]):
            raise NotOfType(f"is not {cls.expects}")
        return cls(host=found[1].strip("[]"), port=int(found[2]))


class RepositoryName(Patterned):
    """A repository of GitHub, as in `acme/orders`."""

    __slots__ = ()
    pattern = _REPOSITORY
    expects = "a repository, as in `acme/orders`"


class HeaderName(Patterned):
    """A name of an HTTP header (RFC 9110, section 5.1)."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
    expects = "the name of a header, as in `X-Api-Key`"
