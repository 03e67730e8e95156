"""What an HTTP answer must be like; each expectation says in words how an answer is not so."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import msgspec

from deploy_actions.actions.health_check.comparison import Comparison
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.input_types import NotOfType, split_list
from deploy_actions.core.json_path import JsonPath, shown, values_at
from deploy_actions.core.probing import Answer
from deploy_actions.core.span import Span
from deploy_actions.core.text_types import printable

_RANGE = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?")
_QUANTILES = {"p50": 0.5, "p95": 0.95}
_LONGEST_SHOWN = 100


class Statuses(tuple[tuple[int, int], ...]):
    """Ranges of HTTP statuses, as in `200-299, 401`; `any` is all of them."""

    expects = "statuses such as `200-299, 401`, or `any`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        if text == "any":
            return cls([(100, 599)])
        found = [_RANGE.fullmatch(item) for item in split_list(text)]
        if not found or not all(found):
            raise NotOfType(f"is not {cls.expects}")
        ranges = [(int(one[1]), int(one[2] or one[1])) for one in found if one]
        if any(first > last for first, last in ranges):
            raise NotOfType(f"is not {cls.expects}")
        return cls(ranges)

    def hold(self, status: int) -> bool:
        """Whether a status is one of them."""
        return any(first <= status <= last for first, last in self)

    def __str__(self) -> str:
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in self)


class Expectations(msgspec.Struct, frozen=True, kw_only=True):
    """All that is expected. `latency` has seconds by quantile, which the course of the check judges."""

    statuses: Statuses
    body: "re.Pattern[str] | None" = None
    json: Mapping[str, Comparison] = {}
    headers: Mapping[str, Comparison] = {}
    latency: Mapping[float, float] = {}
    certificate_days: int = 0

    @classmethod
    def parse(cls, values: Mapping[str, Any], about: str) -> Self:
        """Raises NotOfType."""
        settings = Settings(values, about)
        expected = cls(
            statuses=settings.parsed("status", Statuses, "200-299"),
            body=settings.regular_expression("body"),
            json=_comparisons(settings.mapping("json"), about, paths=True),
            headers={
                name.lower(): one for name, one in _comparisons(settings.mapping("header"), about, paths=False).items()
            },
            latency=_latency(settings.mapping("latency"), about),
            certificate_days=settings.number("certificate-days", 0),
        )
        settings.refuse_others()
        return expected

    def problem(self, answer: Answer, now: datetime | None, *, quotes: bool = True) -> str:
        """What is not as expected, in words; empty if all is. Without `quotes` the words hold nothing of a body."""
        if not self.statuses.hold(answer.status):
            return f"answered {answer.status}, expected {self.statuses}"
        return (
            self._of_headers(answer)
            or self._of_body(answer)
            or self._of_json(answer, quotes)
            or certificate_problem(answer, self.certificate_days, now)
        )

    def _of_headers(self, answer: Answer) -> str:
        for name, comparison in self.headers.items():
            if name not in answer.headers:
                return f"answered without the header `{name}`"
            if not comparison.holds(answer.headers[name]):
                return f"answered with a header `{name}` that is not `{comparison}`"
        return ""

    def _of_body(self, answer: Answer) -> str:
        if self.body and not self.body.search(answer.body.decode("utf-8", "replace")):
            return f"answered with a body in which `{self.body.pattern}` is not found"
        return ""

    def _of_json(self, answer: Answer, quotes: bool) -> str:
        if not self.json:
            return ""
        try:
            document = None if answer.is_cut else msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError):
            return "answered with a body that is no JSON"
        if answer.is_cut:
            return "answered with JSON longer than 1 MiB"
        for path, comparison in self.json.items():
            values = values_at(path, document)
            if not values:
                return f"answered with JSON that has nothing at `{path}`"
            wrong = next((value for value in values if not comparison.holds(value)), comparison)
            if wrong is not comparison:
                seen = _short(wrong) if quotes else "another value"
                return f"answered with {seen} at `{path}`, expected {comparison}"
        return ""


def certificate_problem(answer: Answer, days: int, now: datetime | None) -> str:
    """Whether the server's certificate ends too soon; empty if it does not, or is not asked for."""
    if not days:
        return ""
    if answer.certificate_ends is None or now is None:
        return "has no certificate whose end is known"
    left = (answer.certificate_ends - now).total_seconds() / 86_400
    return "" if left >= days else f"has a certificate that ends in {left:.1f} days, expected at least {days}"


def _comparisons(values: Mapping[str, Any], about: str, *, paths: bool) -> dict[str, Comparison]:
    settings = Settings(values, about)
    for path in values if paths else ():
        try:
            JsonPath.parse(path)
        except NotOfType as error:
            raise NotOfType(f"has under `{about}` in `json` a key that {error}") from None
    return {key: settings.parsed(key, Comparison) for key in values}


def _latency(values: Mapping[str, Any], about: str) -> dict[float, float]:
    settings = Settings(values, about)
    limits = {share: float(settings.parsed(name, Span)) for name, share in _QUANTILES.items() if settings.has(name)}
    settings.refuse_others()
    return limits


def _short(value: object) -> str:
    text = printable(shown(value))
    return f"`{text}`" if len(text) <= _LONGEST_SHOWN and "`" not in text else "another value"
