"""Asks the resolver of this host for the addresses of a name."""

import re
from collections.abc import Set
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, DnsProbe
from deploy_actions.core.text_types import Patterned

_MOST_NAMED = 5


class HostName(Patterned):
    """A name of DNS."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?")
    expects = "a host name, as in `shop.example`"


class Dns(msgspec.Struct, frozen=True):
    """A name, and addresses that it must have; with `exactly` it may have no others."""

    measures: ClassVar[Measures] = ""
    name: str
    addresses: frozenset[str]
    exactly: bool

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        name = str(settings.parsed("dns", HostName))
        addresses = frozenset(_address(text) for text in settings.texts("addresses"))
        exactly = settings.flag("exactly", default=False)
        if exactly and not addresses:
            raise NotOfType("has under `dns` the setting `exactly` without any `addresses`")
        return cls(name, addresses, exactly)

    @property
    def target(self) -> str:
        """See `Kind`."""
        return f"dns {self.name}"

    def probe(self, means: Means) -> DnsProbe:  # noqa: ARG002  # a kind's question may need secrets; this one does not
        """See `Kind`."""
        return DnsProbe(self.name)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:  # noqa: ARG002  # the same of what is remembered
        """See `Kind`."""
        return judge_each(outcomes, self._of)

    def _of(self, answer: Answer) -> Result:
        found = {_spelled(text) or text for text in answer.addresses}
        lacking, foreign = self.addresses - found, found - self.addresses
        if lacking:
            return Result(cause="unhealthy", words=f"has no address {_some(lacking)}, but {_some(found) or 'none'}")
        if self.exactly and foreign:
            return Result(cause="unhealthy", words=f"has besides the address {_some(foreign)}")
        return GOOD if found else Result(cause="unhealthy", words="has no address")


def _address(text: str) -> str:
    address = _spelled(text)
    if address is None:
        raise NotOfType("has under `dns` in `addresses` a text that is no IP address")
    return address


def _spelled(text: str) -> str | None:
    """An address in the one spelling of it (RFC 5952); None for what is none."""
    from ipaddress import ip_address  # 5 ms, which only a check of a name pays for

    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _some(addresses: Set[str]) -> str:
    first = sorted(addresses)[:_MOST_NAMED]
    return ", ".join(first) + (f" and {len(addresses) - _MOST_NAMED} more" if len(addresses) > _MOST_NAMED else "")


KIND = Dns
