"""Asks Prometheus an instant query and compares its value: with a number, or with what it was before the deploy.

Source of the answer's shape: Prometheus' documentation, "HTTP API", instant queries.
"""

import math
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.comparison import ORDER
from deploy_actions.actions.health_check.requests import Asking
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.clients.rest import escaped
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import HttpProbe, NoAnswer

_NUMBER = r"[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?"
_THRESHOLD = re.compile(rf"(<=|>=|<|>)\s*(?:(-?{_NUMBER})|baseline(?:\s*([+-])\s*({_NUMBER})(%)?)?)")


_OK = 200
_REFUSALS = {
    401: Result(cause="credential-refused", words="Prometheus answered 401"),
    403: Result(cause="credential-refused", words="Prometheus answered 403"),
    400: Result(cause="check-not-made", words="Prometheus answered 400: it cannot read the query"),
    422: Result(cause="check-not-made", words="Prometheus answered 422: it cannot evaluate the query"),
}


class Threshold(msgspec.Struct, frozen=True):
    """`<= 0.01`, or `<= baseline + 20%`: with `relative` the offset is a share of the baseline, else it is added."""

    operator: str
    number: float
    to_baseline: bool
    relative: bool
    text: str

    expects: ClassVar[str] = "a threshold such as `< 0.01` or `<= baseline + 20%`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        found = _THRESHOLD.fullmatch(text.strip())
        if not found or any(math.isinf(float(one)) for one in (found[2], found[4]) if one):
            raise NotOfType(f"is not {cls.expects}")
        operator, absolute, sign, offset, percent = found.groups()
        if absolute is not None:
            return cls(operator, float(absolute), False, False, text.strip())
        number = float(f"{sign}{offset}") if offset else 0.0
        return cls(operator, number / 100 if percent else number, True, bool(percent), text.strip())

    def bound(self, baseline: float | None) -> float | None:
        """The number that values are compared with; None where the baseline is needed and unknown."""
        if not self.to_baseline:
            return self.number
        if baseline is None:
            return None
        return baseline + (abs(baseline) * self.number if self.relative else self.number)


class Prometheus(msgspec.Struct, frozen=True, kw_only=True):
    """A query and its threshold."""

    asking: Asking
    query: str
    threshold: Threshold

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        return cls(
            asking=Asking.parse(settings, "prometheus", every_address=False),
            query=settings.text("query"),
            threshold=settings.parsed("expect", Threshold),
        )

    @property
    def target(self) -> str:
        """Prometheus' address; the query is the check's own affair."""
        return self.asking.url.without_query

    @property
    def measures(self) -> Measures:
        """A value, where the threshold is relative to what was before."""
        return "value" if self.threshold.to_baseline else ""

    def probe(self, means: Means) -> HttpProbe:
        """See `Kind`."""
        request = self.asking.probe(means)
        url = f"{self.asking.url.without_query.rstrip('/')}/api/v1/query?query={escaped(self.query)}"
        return msgspec.structs.replace(request, url=url)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`. What keeps Prometheus from answering says nothing about the target."""
        (answer,) = outcomes.values() if len(outcomes) == 1 else (NoAnswer("there was nothing to ask"),)
        if isinstance(answer, NoAnswer):
            return Result(cause="check-not-made", words=f"Prometheus: {answer.cause}")
        if answer.status in _REFUSALS:
            return _REFUSALS[answer.status]
        if answer.status != _OK:
            return Result(cause="check-not-made", words=f"Prometheus answered {answer.status}")
        values = _values(answer.body)
        if values is None:
            return Result(cause="check-not-made", words="Prometheus answered 200 in a way that cannot be read")
        if not values or any(math.isnan(value) for value in values):
            return Result(cause="no-data", words="the query has no data" if not values else "the query gives NaN")
        return self._compared(values, memory)

    def _compared(self, values: Sequence[float], memory: Memory) -> Result:
        relative = self.threshold.to_baseline
        if relative and len(values) > 1:
            words = f"the query gives {len(values)} series; aggregate them to one"
            return Result(cause="no-data", words=words)
        bound = self.threshold.bound(memory.baseline)
        first = values[0]
        if bound is None and math.isinf(first):  # no JSON holds it: the whole baseline could not be read again
            return Result(cause="no-data", words="the query gives an infinite value, which can be no baseline")
        if bound is None:
            return Result(cause="no-baseline", words="there is no baseline from before the deploy", value=first)
        wrong = [value for value in values if not ORDER[self.threshold.operator](value, bound)]
        if not wrong:
            return Result(value=first)
        if not relative:
            return Result(cause="unhealthy", words=f"is {wrong[0]:.6g}, expected {self.threshold.text}", value=first)
        words = f"is {first:.6g}, before the deploy {memory.baseline:.6g}; expected {self.threshold.text} ({bound:.6g})"
        return Result(cause="worse-than-baseline", words=words, value=first)


class _Data(msgspec.Struct):
    resultType: str  # noqa: N815  # Prometheus' own name
    result: list[Any]


class _Document(msgspec.Struct):
    status: str
    data: _Data


def _values(body: bytes) -> list[float] | None:
    """The values of a vector or a scalar; None for any other answer."""
    try:
        document = msgspec.json.decode(body, type=_Document)
        if document.status != "success":
            return None
        if document.data.resultType == "scalar":
            return [float(document.data.result[1])]
        if document.data.resultType == "vector":
            return [float(sample["value"][1]) for sample in document.data.result]
    except (msgspec.DecodeError, RecursionError, ValueError, OverflowError, TypeError, KeyError, IndexError):
        pass
    return None


KIND = Prometheus
