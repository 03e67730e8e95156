"""Checks and results for the tests of the rule."""

from typing import Any

import msgspec

from deploy_actions.actions.health_check.check import Check, Means, Memory, Outcomes, Pace, Result
from deploy_actions.core.probing import DnsProbe, Probe

OK = Result()
FAILED = Result(cause="unhealthy", words="answered 503")
UNKNOWN = Result(cause="check-not-made", words="no route")

PACE = Pace(
    timeout=60.0, grace=0.0, interval=1.0, probe_timeout=1.0, successes=3, soak=0.0, failure_limit=0, failures=0
)


class FakeKind(msgspec.Struct, frozen=True):
    """Judges an outcome by what it is: no answers are unknown, a status of 200 is good."""

    target: str = "shop"
    measures: Any = ""
    latency: dict[float, float] = {}

    def probe(self, means: Means) -> Probe:
        return DnsProbe(self.target)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        statuses = [getattr(outcome, "status", None) for outcome in outcomes.values()]
        if not statuses or None in statuses:
            return UNKNOWN
        return OK if statuses == [200] else FAILED


def check(name: str = "shop", *, critical: bool = True, kind: FakeKind | None = None, **pace: Any) -> Check:
    return Check(name=name, kind=kind or FakeKind(), critical=critical, pace=msgspec.structs.replace(PACE, **pace))
