"""The rules on what may deploy: the branches and tags that GitHub lets pass, and the ref of this run. Pure."""

from collections.abc import Iterable

from deploy_actions.actions.verify_environment.judged import Judged, compared, shown_only, unread
from deploy_actions.actions.verify_environment.observation import BRANCHES, Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.actions.verify_environment.ref_pattern import meets
from deploy_actions.clients.github_environments import RefPattern

_TAGS = "refs/tags/"
_PROTECTED, _EVERY = "protected branches only", "every branch and tag"
_PLAN = "GitHub Pro, Team or Enterprise"
_NOT_BY_A_RULE = Unread(
    "the branch is protected, and GitHub does not say by what: its documentation counts branch protection rules, and no"
    " rulesets",
    "Protect it by a branch protection rule too; or name `branches` in place of `protected-branches`.",
)


def branches(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """GitHub lets exactly those refs pass that the policy says; order and duplicates do not count."""
    rule, environment = "protected-branches" if policy.protected_branches else "branches", observed.environment
    if not policy.restricts_refs:
        return shown_only(rule, _actual(observed))
    wanted = _PROTECTED if policy.protected_branches else _words(_patterns(policy))
    if environment.custom_branch_policies and isinstance(observed.ref_patterns, Unread):
        return unread(rule, wanted, observed.ref_patterns)
    actual = _actual(observed)
    if _is_the_same(policy, observed):
        return compared(rule, wanted, actual)
    if environment.is_open_to_every_ref and observed.is_private:
        what = "restriction of branches and tags"
        missing = Reasons.without_rule(rule=rule, environment=environment.name, what=what, plan=_PLAN)
        return compared(rule, wanted, actual, missing)
    apart = _apart(policy, observed)
    differs = Reasons.branch_policy(
        rule=rule, environment=environment.name, actual=actual, wanted=wanted, apart=f" ({apart})" if apart else ""
    )
    return compared(rule, wanted, actual, differs)


def ref(policy: EnvironmentPolicy, observed: Observed, run_ref: str) -> Judged:
    """GitHub lets the ref of this run pass."""
    why = _why_not(observed, run_ref)
    if isinstance(why, Unread):
        return unread("ref", run_ref, why) if policy.restricts_refs else shown_only("ref", "")
    actual = f"may not deploy: {why}" if why else "may deploy"
    if not policy.restricts_refs:
        return shown_only("ref", f"{run_ref} {actual}")
    refused = Reasons.ref_not_allowed(rule="ref", ref=run_ref, environment=observed.environment.name, why=why)
    return compared("ref", run_ref, actual, refused if why else None)


def _is_the_same(policy: EnvironmentPolicy, observed: Observed) -> bool:
    if policy.protected_branches:
        return observed.environment.protected_branches
    return observed.environment.custom_branch_policies and _patterns(policy) == observed.ref_patterns


def _apart(policy: EnvironmentPolicy, observed: Observed) -> str:
    """Which patterns are only on one side, where both sides have patterns."""
    if policy.protected_branches or not observed.environment.custom_branch_policies:
        return ""
    there = () if isinstance(observed.ref_patterns, Unread) else observed.ref_patterns
    wanted = _patterns(policy)
    missing, more = ([one for one in some if one not in others] for some, others in ((wanted, there), (there, wanted)))
    sides = ((missing, "missing"), (more, "not in the policy"))
    return "; ".join(f"{label}: {_words(some)}" for some, label in sides if some)


def _patterns(policy: EnvironmentPolicy) -> tuple[RefPattern, ...]:
    named = {"branch": policy.branches or (), "tag": policy.tags or ()}
    return tuple(sorted({RefPattern(kind, str(one)) for kind, patterns in named.items() for one in patterns}))


def _actual(observed: Observed) -> str:
    if observed.environment.protected_branches:
        return _PROTECTED
    if not observed.environment.custom_branch_policies:
        return _EVERY
    return "" if isinstance(observed.ref_patterns, Unread) else _words(observed.ref_patterns)


def _words(patterns: Iterable[RefPattern]) -> str:
    return ", ".join(f"{one.kind} {one.pattern}" for one in patterns) or "no branch and no tag"


def _why_not(observed: Observed, run_ref: str) -> str | Unread:
    """Why GitHub does not let the ref pass; empty where it does."""
    if observed.environment.protected_branches:
        return _why_not_protected(observed, run_ref)
    if observed.environment.is_open_to_every_ref:
        return ""
    if isinstance(observed.ref_patterns, Unread):
        return observed.ref_patterns
    kind, name = _kind_and_name(run_ref)
    is_met = any(one.kind == kind and meets(one.pattern, name) for one in observed.ref_patterns)
    return "" if is_met else f"no pattern of a {kind} meets `{name}`"


def _why_not_protected(observed: Observed, run_ref: str) -> str | Unread:
    if not run_ref.startswith(BRANCHES) or observed.branch is None:
        return "it is no branch, and only protected branches may"
    if isinstance(observed.branch, Unread):
        return observed.branch
    if not observed.branch.is_protected:
        return "the branch is not protected, and only protected branches may"
    return "" if observed.branch.has_protection_rule is True else _NOT_BY_A_RULE


def _kind_and_name(run_ref: str) -> tuple[str, str]:
    """What patterns are held against. A pull request's ref stands as a branch by its whole name.

    GitHub, changelog of 2025-11-07, "Actions pull_request_target and environment branch protections changes".
    """
    if run_ref.startswith(_TAGS):
        return "tag", run_ref.removeprefix(_TAGS)
    return "branch", run_ref.removeprefix(BRANCHES)
