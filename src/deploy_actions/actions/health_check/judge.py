"""Turns the courses of the checks into findings: one for each check, with its reason and what to do next."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from deploy_actions.actions.health_check.baseline import Baseline
from deploy_actions.actions.health_check.course import Course, Decided, Verdict
from deploy_actions.actions.health_check.reasons import BY_CAUSE, Reasons
from deploy_actions.actions.health_check.show import moment
from deploy_actions.core.input_types import format_seconds
from deploy_actions.core.verdict import Finding


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a failed deploy: the declared policy, the version to go back to, and where it is explained."""

    on_failure: str
    last_healthy_version: str | None
    runbook_url: str

    @property
    def next_step(self) -> str:
        """What to do, in a sentence or two."""
        last = f" Last healthy version: `{self.last_healthy_version}`." if self.last_healthy_version else ""
        link = f" Runbook: {self.runbook_url}" if self.runbook_url else ""
        return f"{_NEXT[self.on_failure]}{last}{link}"


_NEXT = {
    "fix-forward": "Fix forward: production stays as it is; correct the cause and deploy the correction.",
    "rollback": "Roll back: deploy the last healthy version again, then look for the cause.",
    "hold": "Hold: production stays as it is, and nothing is deployed until someone has looked into it.",
}


def judge(courses: Sequence[Course], begin: datetime, policy: Policy) -> tuple[Finding, ...]:
    """A finding for each check that decided; the others were ended by one that failed, which is among them."""
    return tuple(_finding(course, course.decided, begin, policy) for course in courses if course.decided)


def _finding(course: Course, decided: Decided, begin: datetime, policy: Policy) -> Finding:
    name = course.check.name
    if decided.verdict is Verdict.PASSED:
        return Reasons.healthy(rule=name, check=name, words=_how_it_passed(course))
    if not course.check.critical:
        return Reasons.degraded(rule=name, check=name, words=decided.words)
    since = moment(begin, decided.at if course.bad_since is None else course.bad_since)
    reason = BY_CAUSE[decided.reason]
    return reason(rule=name, check=name, words=decided.words, since=since, next_step=policy.next_step)


def _how_it_passed(course: Course) -> str:
    pace = course.check.pace
    times = "one good answer" if pace.successes == 1 else f"{pace.successes} good answers in a row"
    soak = f", then a soak of {format_seconds(pace.soak)}" if pace.soak else ""
    return f"{times}{soak}"


def judge_measured(courses: Sequence[Course], taken: Baseline) -> tuple[Finding, ...]:
    """One finding for each query that was not measured, one for each version; else that the baseline is taken."""
    lacking = [course for course in courses if course.check.name not in {*taken.values, *taken.versions}]
    findings = tuple(_not_measured(course) for course in lacking)
    words = f"{len(taken.values)} values, {len(taken.versions)} versions"
    return (*findings, Reasons.baseline_taken(words=words))


def _not_measured(course: Course) -> Finding:
    name, decided = course.check.name, course.decided
    words = decided.words if decided else "it was not measured"
    if course.check.kind.measures == "version":
        return Reasons.version_unknown(rule=name, check=name, words=words)
    if not course.check.critical:
        return Reasons.degraded(rule=name, check=name, words=words)
    reason = BY_CAUSE[decided.reason] if decided and decided.verdict is Verdict.UNKNOWN else Reasons.not_made
    return reason(rule=name, check=name, words=words)
