import pytest
from tests.actions.verify_environment.room import POLICY, changed, without

from deploy_actions.actions.verify_environment.policy import Approval, EnvironmentPolicy, EnvironmentPolicyForm
from deploy_actions.core import policy_document
from deploy_actions.core.input_types import NotOfType


def parsed(text: str) -> EnvironmentPolicy:
    return policy_document.parsed(text, EnvironmentPolicyForm).environments["production"]


def one(rule: str) -> str:
    return f"environments: {{ production: {{ {rule} }} }}"


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("environments: {}", "length >= 1"),
        ("environments: { production: }", "Expected `object`"),
        (one(""), "holds no rule"),
        (one("protected-branches: false"), "holds no rule"),
        (one("protected-branches: true, branches: [main]"), "has both `protected-branches`"),
        (one("protected-branches: true, tags: ['v*']"), "has both `protected-branches`"),
        (one("branches: []"), "let no ref deploy"),
        (one("branches: [], tags: []"), "let no ref deploy"),
        (one("branches: ['']"), "is not a text in one line"),
        (one("concurrency: production-deploy"), "without its `workflow`"),
        (one("wait-timer: {}"), "neither `at-least` nor `at-most`"),
        (one("wait-timer: { at-least: 2m, at-most: 1m }"), "longer than its `at-most`"),
        (one("wait-timer: { at-least: soon }"), "is not a length of time"),
        (one("reviewers: { at-least: 0 }"), ">= 1"),
        (one("reviewers: { at-least: 7 }"), "<= 6"),
        (one("reviewers: { among: [] }"), "length >= 1"),
        (one("reviewers: { among: [a/b/c] }"), "a user's login, or a team"),
        (one("secrets: {}"), "neither `only-in-environment` nor `max-age`"),
        (one("secrets: { only-in-environment: [A-B] }"), "is not the name of a secret"),
        (one("workflow: ../deploy.yml"), "is not the path of a workflow"),
        (one("workflow: .github/workflows/../../x.yml"), "is not the path of a workflow"),
        (one("approval: { self-approval: ignore }"), "Invalid enum value"),
        (one("prevent-self-review: maybe"), "Expected `bool"),
        (one("workflow: []"), "length >= 1"),
        (one("workflow: [.github/workflows/a.yml, b.yml]"), "is not the path of a workflow"),
        (one("calls: acme/deploy-actions"), "`calls` without its `workflow`"),
        (one("workflow: .github/workflows/a.yml, calls: acme"), "is not a repository"),
        (one("reviewers: null, branches: [main]"), "`null` at `$.environments.production.reviewers`"),
        (one("reviewers: ~, branches: [main]"), "Expected `object"),
        (one("reviewers: , branches: [main]"), "Expected `object"),
        (one("reviewers: { among: NULL }, branches: [main]"), "`null` at `$.environments.production.reviewers.among`"),
        (one("unknown: 1"), "unknown field `unknown`"),
    ],
)
def test_a_policy_that_nobody_could_judge_by_is_refused(text: str, trouble: str) -> None:
    with pytest.raises(NotOfType) as refused:
        parsed(text)
    assert trouble in str(refused.value)
    assert "$.environments" in str(refused.value)


@pytest.mark.parametrize(
    "rule",
    [
        "branches: [], tags: ['v*']",
        "custom-rules: []",
        "approval: {}",
        "administrators-may-bypass: false",
        "wait-timer: { at-least: 5m, at-most: 5m }",
        "protected-branches: false, branches: [main]",
    ],
)
def test_a_single_rule_is_a_policy(rule: str) -> None:
    assert parsed(one(rule))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (POLICY, Approval(self_approval="fail", administrator_bypass="fail")),
        (without(POLICY, "reviewers"), Approval(self_approval="warn", administrator_bypass="warn")),
        (changed(POLICY, approval="{ self-approval: warn }"), Approval(self_approval="warn")),
        (changed(without(POLICY, "reviewers"), approval="{}"), Approval()),
    ],
)
def test_approvals_fail_where_reviewers_are_required_unless_it_is_said_otherwise(text: str, expected: Approval) -> None:
    assert parsed(text).on_approval == expected
