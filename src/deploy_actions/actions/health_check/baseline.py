"""What was measured before a deploy: taken by the same checks, kept as JSON, compared with afterwards."""

from collections.abc import Sequence
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import (
    Check,
    Kind,
    Means,
    Measures,
    Memory,
    Outcomes,
    Pace,
    Result,
    State,
)
from deploy_actions.actions.health_check.course import Course
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Probe

MOST_ATTEMPTS = 3


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values of queries and live versions, by the names of the checks. `taken_at` is in RFC 3339."""

    schema_version: int = 1
    taken_at: str
    values: dict[str, float] = {}
    versions: dict[str, str] = {}

    expects: ClassVar[str] = "the output `baseline` of this action in the mode `baseline`"

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Raises NotOfType."""
        try:
            found = msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            raise NotOfType(f"is not {cls.expects}") from None
        if found.schema_version != 1:
            raise NotOfType("is of a schema version that this action does not know")
        return found

    @property
    def version(self) -> str | None:
        """The version that was live, if all checks of versions saw the same."""
        seen = set(self.versions.values())
        return seen.pop() if len(seen) == 1 else None

    def text(self) -> str:
        """The JSON document."""
        return msgspec.json.encode(self).decode()


class Measurement:
    """A kind as it is asked before the deploy: an attempt is good when something was measured, whatever that is."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    @property
    def target(self) -> str:
        """See `Kind`."""
        return self._kind.target

    @property
    def measures(self) -> Measures:
        """See `Kind`."""
        return self._kind.measures

    def probe(self, means: Means) -> Probe:
        """See `Kind`."""
        return self._kind.probe(means)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`."""
        result = self._kind.judge(outcomes, memory)
        if result.value is not None or result.version is not None:
            return Result(value=result.value, version=result.version)
        return result if result.cause else Result(cause="no-data", words="nothing could be measured")


def measured(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Those checks that compare with what was before, each made until it measured something, three times at most."""
    return tuple(
        msgspec.structs.replace(check, kind=Measurement(check.kind), pace=_brief(check.pace))
        for check in checks
        if check.kind.measures
    )


def _brief(pace: Pace) -> Pace:
    return msgspec.structs.replace(pace, grace=0.0, successes=1, soak=0.0, failures=MOST_ATTEMPTS)


def baseline_of(courses: Sequence[Course], taken_at: str) -> Baseline:
    """What the checks measured."""
    good = {course.check.name: course.last for course in courses if course.last and course.last.state is State.OK}
    return Baseline(
        taken_at=taken_at,
        values={name: result.value for name, result in good.items() if result.value is not None},
        versions={name: result.version for name, result in good.items() if result.version is not None},
    )
