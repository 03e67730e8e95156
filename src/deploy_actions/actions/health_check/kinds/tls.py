"""Shakes hands: the certificate can be trusted, names the host, and lasts long enough."""

from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.expectations import certificate_problem
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.addresses import Address
from deploy_actions.core.probing import Answer, TlsProbe


class Tls(msgspec.Struct, frozen=True):
    """A server with a certificate."""

    measures: ClassVar[Measures] = ""
    address: Address
    authorities: str | None
    certificate_days: int

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        address = settings.parsed("tls", HostAndPort)
        return cls(address, settings.optional_text("authorities"), settings.number("certificate-days", 0))

    @property
    def target(self) -> str:
        """See `Kind`."""
        return f"tls {self.address}"

    def probe(self, means: Means) -> TlsProbe:
        """See `Kind`."""
        return TlsProbe(self.address, means.text(self.authorities) if self.authorities else None)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`."""

        def one(answer: Answer) -> Result:
            problem = certificate_problem(answer, self.certificate_days, memory.now)
            return Result(cause="unhealthy", words=problem) if problem else GOOD

        return judge_each(outcomes, one)


KIND = Tls
