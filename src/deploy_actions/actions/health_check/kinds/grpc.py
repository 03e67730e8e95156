"""Asks the standard health service of gRPC (`grpc.health.v1.Health/Check`)."""

import re
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.addresses import Address
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, GrpcProbe

_STATUS = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}
_SERVING = 1


class Grpc(msgspec.Struct, frozen=True):
    """A server of gRPC, and one of its services; an empty name stands for the whole server."""

    measures: ClassVar[Measures] = ""
    address: Address
    service: str
    tls: bool
    authorities: str | None

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        service = settings.text("service", "")
        if not re.fullmatch(r"[\w./-]{0,200}", service):
            raise NotOfType("has under `grpc` a `service` that is no name of a service")
        address = settings.parsed("grpc", HostAndPort)
        return cls(address, service, settings.flag("tls", default=True), settings.optional_text("authorities"))

    @property
    def target(self) -> str:
        """See `Kind`."""
        return f"grpc {self.address} {self.service}".rstrip()

    def probe(self, means: Means) -> GrpcProbe:
        """See `Kind`."""
        authorities = means.text(self.authorities) if self.authorities else None
        return GrpcProbe(self.address, self.service, self.tls, authorities)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:  # noqa: ARG002  # nothing is remembered of it
        """See `Kind`."""
        return judge_each(outcomes, _of)


def _of(answer: Answer) -> Result:
    if answer.status == _SERVING:
        return GOOD
    return Result(cause="unhealthy", words=f"says {_STATUS.get(answer.status, answer.status)}, expected SERVING")


KIND = Grpc
