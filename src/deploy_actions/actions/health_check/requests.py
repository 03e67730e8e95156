"""The parts of a request that the settings of HTTP checks have in common."""

import re
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from deploy_actions.actions.health_check.check import Means
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.address_types import HeaderName, HostAndPort, TargetUrl, is_this_host
from deploy_actions.core.addresses import Address
from deploy_actions.core.choices import Choice
from deploy_actions.core.input_types import NotOfType, parse_as, secret_name
from deploy_actions.core.probing import HttpProbe


class HttpVersion(Choice):
    """A version of HTTP."""

    words = ("1.1", "2")


class SecretHeader(msgspec.Struct, frozen=True):
    """A header whose value is a secret, behind some words."""

    secret: str
    prefix: str


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """How an address is asked: headers, version of HTTP, authorities, and at which instances."""

    url: TargetUrl
    headers: Mapping[str, str]
    secret_headers: Mapping[str, SecretHeader]
    version: str
    authorities: str | None
    instances: tuple[Address, ...]
    every_address: bool

    @classmethod
    def parse(cls, settings: Settings, key: str, *, every_address: bool) -> Self:
        """Reads them from the settings of a check, its address under `key`. Raises NotOfType."""
        url = settings.parsed(key, TargetUrl)
        plain, secret = _headers(settings.mapping("headers"), key)
        named = settings.texts("instances")
        instances = () if named == ("all",) else tuple(_address(text) for text in named)
        if secret and not _may_carry_credentials(url, instances):
            raise NotOfType(f"has under `{key}` an http address, over which a credential would travel in the clear")
        return cls(
            url=url,
            headers=plain,
            secret_headers=secret,
            version=settings.parsed("http-version", HttpVersion, "1.1"),
            authorities=settings.optional_text("authorities"),
            instances=instances,
            every_address=named == ("all",) or (every_address and not named),
        )

    def probe(self, means: Means, **more: Any) -> HttpProbe:
        """The request. Raises ServiceError for a secret or a file that is not there."""
        return HttpProbe(
            url=str(self.url),
            headers=self.headers,
            secret_headers={name: (one.prefix, means.secret(one.secret)) for name, one in self.secret_headers.items()},
            version="2" if self.version == "2" else "1.1",
            authorities=means.text(self.authorities) if self.authorities else None,
            instances=self.instances,
            every_address=self.every_address,
            **more,
        )


def _may_carry_credentials(url: TargetUrl, instances: tuple[Address, ...]) -> bool:
    """With TLS, or to this very host: the instances are what is connected to, whatever the URL's host is."""
    if url.startswith("https:"):
        return True
    addresses = (f"http://{address}" for address in instances)
    return all(map(is_this_host, (url.without_query, *addresses)))


def _headers(values: Mapping[str, Any], key: str) -> tuple[dict[str, str], dict[str, SecretHeader]]:
    plain: dict[str, str] = {}
    secret: dict[str, SecretHeader] = {}
    for name, value in values.items():
        try:
            parse_as(HeaderName, name)
        except NotOfType as error:
            raise NotOfType(f"has under `{key}` in `headers` a name that {error}") from None
        if isinstance(value, str):
            plain[name] = _header_value(value, key)
        elif isinstance(value, dict):
            secret[name] = _secret_header(value, name)
        else:
            raise NotOfType(f"has under `{key}` a header `{name}` that is neither a text nor names a secret")
    return plain, secret


def _secret_header(values: Mapping[str, Any], name: str) -> SecretHeader:
    settings = Settings(values, name)
    header = SecretHeader(secret_name(settings.text("secret")), _header_value(settings.text("prefix", ""), name))
    settings.refuse_others()
    return header


def _header_value(text: str, key: str) -> str:
    if not re.fullmatch(r"[\t\x20-\x7e]{0,4096}", text):
        raise NotOfType(f"has under `{key}` a header with characters that no header can have")
    return text


def _address(text: str) -> Address:
    try:
        address: Address = parse_as(HostAndPort, text)
    except NotOfType as error:
        raise NotOfType(f"has in `instances` an entry that {error}") from None
    return address
