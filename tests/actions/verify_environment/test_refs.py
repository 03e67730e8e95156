"""Which refs GitHub lets deploy: pure, for what the emulator has no state of."""

from typing import Any

import pytest
from tests.actions.verify_environment.room import NOW

from deploy_actions.actions.verify_environment import refs
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, Word
from deploy_actions.clients.github_environments import Environment, RefPattern
from deploy_actions.clients.github_repository import Branch

PROTECTED = EnvironmentPolicy(protected_branches=True)
MAIN = EnvironmentPolicy(branches=(Word("main"),))
UNREAD = Unread("status 403", "Give it.")


def observed(*patterns: str, **more: Any) -> Observed:
    """`patterns` of branches; without any, protected branches alone may deploy."""
    environment = Environment(name="production", protected_branches=not patterns, custom_branch_policies=bool(patterns))
    found = tuple(RefPattern("branch", one) for one in patterns)
    return Observed(**{"environment": environment, "ref_patterns": found, "now": NOW, **more})


@pytest.mark.parametrize(
    ("branch", "run_ref", "expected"),
    [
        (Branch(is_protected=True, has_protection_rule=True), "refs/heads/main", None),
        (Branch(is_protected=True), "refs/heads/main", "rule-unverifiable"),
        (Branch(is_protected=True, has_protection_rule=False), "refs/heads/main", "rule-unverifiable"),
        (Branch(is_protected=False, has_protection_rule=False), "refs/heads/main", "ref-not-allowed"),
        (UNREAD, "refs/heads/main", "rule-unverifiable"),
        (Unread("status 500", is_fault=True), "refs/heads/main", "rule-not-read"),
        (None, "refs/heads/main", "ref-not-allowed"),
        (None, "refs/tags/v1", "ref-not-allowed"),
        (None, "refs/pull/7/merge", "ref-not-allowed"),
    ],
)
def test_a_branch_counts_as_protected_by_a_rule_of_its_own(
    branch: Branch | Unread | None, run_ref: str, expected: str | None
) -> None:
    found = refs.ref(PROTECTED, observed(branch=branch), run_ref)
    assert [finding.reason_code for finding in found.findings] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("patterns", "run_ref", "is_allowed"),
    [
        (["main"], "refs/heads/main", True),
        (["main"], "refs/heads/Main", False),
        (["main"], "refs/tags/main", False),
        (["main", "release/*"], "refs/heads/release/1", True),
        (["release/*"], "refs/heads/release/1/2", False),
        (["refs/pull/*/merge"], "refs/pull/7/merge", True),
        (["*"], "refs/pull/7/merge", False),
        (["refs/heads/main"], "refs/heads/main", False),
    ],
)
def test_the_ref_of_the_run_meets_a_pattern_of_its_kind(patterns: list[str], run_ref: str, *, is_allowed: bool) -> None:
    assert bool(refs.ref(MAIN, observed(*patterns), run_ref).findings) is not is_allowed


def test_patterns_that_could_not_be_read_are_no_patterns() -> None:
    seen = observed("x", ref_patterns=UNREAD)
    for found in (refs.branches(MAIN, seen), refs.ref(MAIN, seen, "refs/heads/main")):
        assert [finding.reason_code for finding in found.findings] == ["rule-unverifiable"]
    nothing = EnvironmentPolicy(prevent_self_review=True)
    assert refs.branches(nothing, seen).row.actual is None
    assert refs.ref(nothing, seen, "refs/heads/main").row.actual is None


def test_a_policy_of_other_refs_is_not_met_by_the_other_kind_of_restriction() -> None:
    assert [one.reason_code for one in refs.branches(MAIN, observed()).findings] == ["branch-policy-differs"]
    assert [one.reason_code for one in refs.branches(PROTECTED, observed("main")).findings] == ["branch-policy-differs"]


def test_a_drift_of_patterns_says_what_is_on_one_side_alone() -> None:
    wanted = EnvironmentPolicy(branches=(Word("main"), Word("hotfix/*")), tags=(Word("v*"),))
    [finding] = refs.branches(wanted, observed("main", "dev")).findings
    assert "(missing: branch hotfix/*, tag v*; not in the policy: branch dev)" in finding.message
    [finding] = refs.branches(MAIN, observed("main", "dev")).findings
    assert "(not in the policy: branch dev)" in finding.message
    [finding] = refs.branches(MAIN, observed()).findings
    assert "missing" not in finding.message
