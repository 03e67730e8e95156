"""Asks every instance which version is live, and compares it with the one that was deployed."""

import re
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.expectations import Statuses
from deploy_actions.actions.health_check.kinds.http import refused
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.requests import Asking
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.json_path import JsonPath, text_at
from deploy_actions.core.probing import Answer, HttpProbe
from deploy_actions.core.versions import is_presentable, is_same, version_shown

_GOOD = Statuses.parse("200-299")


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Where the version stands in an answer: at a JSON path, in a header, in a pattern's group, or it is the body."""

    measures: ClassVar[Measures] = "version"
    asking: Asking
    expected: str
    json: str | None
    header: str | None
    body: "re.Pattern[str] | None"

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        places = [key for key in ("json", "header", "body") if settings.optional_text(key)]
        if len(places) > 1:
            raise NotOfType("has under `version` more than one of `json`, `header` and `body`")
        body = settings.regular_expression("body")
        if body and body.groups != 1:
            raise NotOfType("has under `version` a `body` without exactly one group, which is the version")
        return cls(
            asking=Asking.parse(settings, "version", every_address=True),
            expected=settings.text("is", ""),
            json=str(settings.parsed("json", JsonPath)) if places == ["json"] else None,
            header=settings.text("header", "").lower() or None,
            body=body,
        )

    @property
    def target(self) -> str:
        """The address without its query."""
        return self.asking.url.without_query

    def probe(self, means: Means) -> HttpProbe:
        """See `Kind`."""
        return self.asking.probe(means)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`. The version that all instances show is in the result, also when it is not the expected one."""
        expected = self.expected or memory.version
        seen: list[str] = []

        def one(answer: Answer) -> Result:
            if refused(answer, self.asking):
                return Result(
                    cause="credential-refused", words=f"answered {answer.status} to the credential it was sent"
                )
            if not _GOOD.hold(answer.status):
                return Result(cause="unhealthy", words=f"answered {answer.status}, expected {_GOOD}")
            version = self._version_in(answer)
            seen.append(version)
            return _compared(version, expected)

        result = judge_each(outcomes, one)
        agreed = seen[0] if seen and len(set(seen)) == 1 and len(seen) == len(outcomes) else None
        return msgspec.structs.replace(result, version=agreed if agreed and is_presentable(agreed) else None)

    def _version_in(self, answer: Answer) -> str:
        """The text in its place; empty where there is none."""
        if self.header:
            return answer.headers.get(self.header, "")
        text = answer.body.decode("utf-8", "replace")
        if self.body:
            found = self.body.search(text)
            return (found[1] or "") if found else ""
        return text_at(self.json, answer.body) if self.json else text.strip()


def _compared(version: str, expected: str) -> Result:
    if not expected:
        return Result(cause="check-not-made", words="was not told the version to compare with (input `version`)")
    if is_same(version, expected):
        return Result()
    live = version_shown(version) if version else "no version"
    return Result(cause="wrong-version", words=f"answers with {live}, expected {version_shown(expected)}")


KIND = Version
