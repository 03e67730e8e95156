"""Asks an address over HTTP and compares the answer with what is expected."""

from collections.abc import Mapping
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.expectations import Expectations
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.requests import Asking
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.choices import Choice
from deploy_actions.core.probing import Answer, HttpProbe


class Method(Choice):
    """A method of HTTP."""

    words = ("GET", "HEAD", "POST", "PUT", "OPTIONS")


class Http(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its expectations."""

    measures: ClassVar[Measures] = ""
    asking: Asking
    method: str
    body: bytes | None
    redirects: int
    expected: Expectations

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        body = settings.optional_text("body")
        return cls(
            asking=Asking.parse(settings, "http", every_address=False),
            method=str(settings.parsed("method", Method, "GET")),
            body=body.encode() if body else None,
            redirects=settings.number("redirects", 0),
            expected=Expectations.parse(settings.mapping("expect"), "expect"),
        )

    @property
    def target(self) -> str:
        """The address without its query."""
        return self.asking.url.without_query

    @property
    def latency(self) -> Mapping[float, float]:
        """What the latency over the whole course must be, in seconds by quantile."""
        return self.expected.latency

    def probe(self, means: Means) -> HttpProbe:
        """See `Kind`."""
        return self.asking.probe(means, method=self.method, body=self.body, redirects=self.redirects)

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:
        """See `Kind`."""

        def one(answer: Answer) -> Result:
            if refused(answer, self.asking) and not self.expected.statuses.hold(answer.status):
                return Result(
                    cause="credential-refused", words=f"answered {answer.status} to the credential it was sent"
                )
            problem = self.expected.problem(answer, memory.now, quotes=not self.asking.secret_headers)
            return Result(cause="unhealthy", words=with_excerpt(problem, answer)) if problem else GOOD

        return judge_each(outcomes, one)


def refused(answer: Answer, asking: Asking) -> bool:
    """Whether it is the credential that was refused: of the target's health that says nothing."""
    return answer.status in (401, 403) and bool(asking.secret_headers)


def credential_refused(answer: Answer) -> Result:
    """The result where the credential was refused."""
    return Result(cause="credential-refused", words=f"answered {answer.status} to the credential that it was sent")


def with_excerpt(words: str, answer: Answer) -> str:
    """The words, with how the answer begins, where that may be shown."""
    return f"{words}; the answer begins “{answer.excerpt}”" if answer.excerpt else words


KIND = Http
