"""Opens a connection and closes it."""

from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.addresses import Address
from deploy_actions.core.probing import TcpProbe


class Tcp(msgspec.Struct, frozen=True):
    """A server that takes connections."""

    measures: ClassVar[Measures] = ""
    address: Address

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        return cls(settings.parsed("tcp", HostAndPort))

    @property
    def target(self) -> str:
        """See `Kind`."""
        return f"tcp {self.address}"

    def probe(self, means: Means) -> TcpProbe:  # noqa: ARG002  # a kind's question may need secrets; this one does not
        """See `Kind`."""
        return TcpProbe(self.address)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:  # noqa: ARG002  # the same of what is remembered
        """See `Kind`."""
        return judge_each(outcomes, lambda _answer: GOOD)


KIND = Tcp
