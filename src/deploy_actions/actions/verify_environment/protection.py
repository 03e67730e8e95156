"""The rules on who lets a deploy pass: reviewers, their own deploys, the wait, guarding apps, administrators. Pure."""

from deploy_actions.actions.verify_environment.judged import Judged, compared, listed, shown_only, unread
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, WaitTimer
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.core.span import Span
from deploy_actions.core.verdict import Finding

_ENTERPRISE = "GitHub Enterprise"
_A_MINUTE = 60
_NOT_TOLD = "Where your GitHub never says it, take the rule out of the policy, and see to it by hand."
_SELF_REVIEW_NOT_TOLD = Unread("GitHub does not say whether self-review is prevented", _NOT_TOLD)
_BYPASS_NOT_TOLD = Unread("GitHub does not say whether administrators may bypass it", _NOT_TOLD)


def reviewers(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """Enough required reviewers, and no others than the policy names."""
    name, actual = observed.environment.name, observed.environment.reviewers
    wanted = policy.reviewers
    if wanted is None:
        return shown_only("reviewers", listed(actual))
    few = None
    if len(actual) < wanted.at_least:
        missing = None if actual else _without("reviewers", "required reviewers", observed)
        few = missing or Reasons.too_few(rule="reviewers", environment=name, count=len(actual), least=wanted.at_least)
    known = {one.casefold() for one in wanted.among or actual}
    others = [one for one in actual if one.casefold() not in known]
    foreign = Reasons.not_approved(rule="reviewers", environment=name, others=listed(others)) if others else None
    among = f" among {listed(wanted.among)}" if wanted.among else ""
    return compared("reviewers", f"{wanted.at_least} or more{among}", listed(actual), few, foreign)


def self_review(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """Nobody approves a deploy that they started."""
    rule, environment = "prevent-self-review", observed.environment
    wanted, prevented = policy.prevent_self_review, environment.prevent_self_review
    actual = "no reviewers are required" if not environment.reviewers else _flag(prevented)
    if wanted is None:
        return shown_only(rule, actual)
    if not wanted:
        return compared(rule, _flag(wanted), actual)
    if not environment.reviewers:
        missing = _without(rule, "required reviewers", observed)
        return compared(rule, _flag(wanted), actual, missing or _self_review(observed, ": it requires no reviewers"))
    if prevented is None:
        return unread(rule, _flag(wanted), _SELF_REVIEW_NOT_TOLD)
    return compared(rule, _flag(wanted), actual, None if prevented else _self_review(observed))


def wait_timer(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """The wait is within its bounds."""
    rule, wanted = "wait-timer", policy.wait_timer
    seconds = observed.environment.wait_timer * _A_MINUTE
    actual = str(Span(seconds))
    if wanted is None:
        return shown_only(rule, actual)
    if _is_within(seconds, wanted):
        return compared(rule, _bounds(wanted), actual)
    missing = None if seconds else _without(rule, "wait timer", observed)
    wrong = Reasons.wait_timer(rule=rule, environment=observed.environment.name, actual=actual, wanted=_bounds(wanted))
    return compared(rule, _bounds(wanted), actual, missing or wrong)


def custom_rules(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """Exactly the apps that the policy names are asked before a job may start."""
    rule, wanted, actual = "custom-rules", policy.custom_rules, observed.custom_rules
    if wanted is None:
        return shown_only(rule, "" if isinstance(actual, Unread) else listed(actual))
    if isinstance(actual, Unread):
        return unread(rule, listed(wanted), actual)
    if {one.casefold() for one in wanted} == {one.casefold() for one in actual}:
        return compared(rule, listed(wanted), listed(actual))
    missing = None if actual else _without(rule, "protection rule of an app", observed)
    different = Reasons.custom_rules(
        rule=rule, environment=observed.environment.name, actual=listed(actual), wanted=listed(wanted)
    )
    return compared(rule, listed(wanted), listed(actual), missing or different)


def administrators(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """Administrators cannot pass the protection by."""
    rule, wanted = "administrators-may-bypass", policy.administrators_may_bypass
    actual = observed.environment.administrators_may_bypass
    if wanted is None:
        return shown_only(rule, _flag(actual))
    if wanted or actual is False:
        return compared(rule, _flag(wanted), _flag(actual))
    if actual is None:
        return unread(rule, _flag(wanted), _BYPASS_NOT_TOLD)
    return compared(rule, "false", "true", Reasons.bypass(rule=rule, environment=observed.environment.name))


def _self_review(observed: Observed, why: str = "") -> Finding:
    return Reasons.self_review(rule="prevent-self-review", environment=observed.environment.name, why=why)


def _without(rule: str, what: str, observed: Observed) -> Finding | None:
    """The finding for a rule that is missing where the plan may not have it."""
    if not observed.is_private:
        return None
    return Reasons.without_rule(rule=rule, environment=observed.environment.name, what=what, plan=_ENTERPRISE)


def _flag(value: bool | None) -> str:
    return {True: "true", False: "false", None: ""}[value]


def _is_within(seconds: int, wanted: WaitTimer) -> bool:
    least, most = wanted.at_least, wanted.at_most
    return (least is None or seconds >= least) and (most is None or seconds <= most)


def _bounds(wanted: WaitTimer) -> str:
    if wanted.at_least == wanted.at_most:
        return f"{wanted.at_least}"
    least = f"{wanted.at_least} or more" if wanted.at_least else ""
    most = "" if wanted.at_most is None else f"{wanted.at_most} or less"
    return f"{least}, {most}" if least and most else least or most or "any"
