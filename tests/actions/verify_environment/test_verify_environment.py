"""The whole action against the emulator of GitHub: what is as approved, what drifted, what cannot be told."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.actions.verify_environment.room import (
    NOW,
    POLICY,
    POLICY_FILE,
    READS,
    TOKEN,
    WORKFLOW,
    changed,
    codes,
    files,
    inputs,
    outputs,
    protection,
    repository,
    states,
    verify,
    without,
    world,
)
from tests.fakes import FakeClock, FakeFiles, FakeMasks

from deploy_actions.actions.verify_environment import run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import NotFound, Refused, ServiceError
from deploy_actions.core.verdict import Decision
from deploy_actions.rehearsal.emulators.github import GitHub, GitHubEmulator, Protection
from deploy_actions.rehearsal.emulators.github_state import Fault
from deploy_actions.services.http import HttpServers

BASE = "/repos/acme/orders"
ENVIRONMENT = f"{BASE}/environments/production"


def test_what_is_as_approved_passes_with_every_rule_judged() -> None:
    report = verify(world())
    assert codes(report) == ["environment-as-approved"]
    assert report.decision is Decision.PASS
    assert set(states(report).values()) == {"same"}
    assert list(states(report)) == [
        *("environment", "reviewers", "prevent-self-review", "wait-timer", "branches", "ref", "custom-rules"),
        *("administrators-may-bypass", "secrets", "workflow", "concurrency"),
    ]


ROWS: list[tuple[dict[str, Any], dict[str, str], list[str]]] = [
    ({"reviewers": []}, {}, ["reviewers-too-few"]),
    ({"reviewers": ["ada", "mallory"]}, {}, ["reviewers-not-approved"]),
    ({"reviewers": ["mallory"], "reviewer_teams": []}, {}, ["reviewers-too-few", "reviewers-not-approved"]),
    ({"reviewers": [], "reviewer_teams": ["release-managers", "others"]}, {}, ["reviewers-not-approved"]),
    ({"prevent_self_review": False}, {}, ["self-review-allowed"]),
    ({"wait_timer": 31}, {}, ["wait-timer-out-of-bounds"]),
    ({"wait_timer": 0}, {}, []),
    ({"branches": ["main"]}, {}, ["branch-policy-differs"]),
    ({"branches": ["main", "release/*", "hotfix"]}, {}, ["branch-policy-differs"]),
    ({"tags": []}, {}, ["branch-policy-differs"]),
    ({"branches": ["main", "release/*", "v*"], "tags": []}, {}, ["branch-policy-differs"]),
    ({"branches": None, "tags": []}, {}, ["branch-policy-differs"]),
    ({"branches": [], "tags": ["v*"]}, {}, ["branch-policy-differs", "ref-not-allowed"]),
    ({}, {"ref": "refs/heads/feature"}, ["ref-not-allowed"]),
    ({}, {"ref": "refs/heads/release/2"}, []),
    ({}, {"ref": "refs/tags/v2"}, []),
    ({}, {"ref": "refs/tags/main"}, ["ref-not-allowed"]),
    ({}, {"ref": "refs/pull/7/merge"}, ["ref-not-allowed"]),
    ({"custom_rules": []}, {}, ["custom-rules-differ"]),
    ({"custom_rules": ["change-gate", "another"]}, {}, ["custom-rules-differ"]),
    ({"can_admins_bypass": True}, {}, ["administrators-may-bypass"]),
    ({"can_admins_bypass": None}, {}, ["rule-unverifiable"]),
    ({}, {"workflow_ref": "acme/orders/.github/workflows/other.yml@refs/heads/main"}, ["workflow-differs"]),
    ({}, {"workflow_ref": "acme/other/.github/workflows/deploy.yml@refs/heads/main"}, ["workflow-differs"]),
    ({}, {"workflow_ref": ""}, []),
]


@pytest.mark.parametrize(("settings", "texts", "expected"), ROWS, ids=lambda value: str(value)[:50])
def test_each_setting_that_drifted_is_named(
    settings: dict[str, Any], texts: dict[str, Any], expected: list[str]
) -> None:
    report = verify(world(repository(protection(**settings))), **texts)
    assert codes(report) == (expected or ["environment-as-approved"])
    assert all(finding.remedy and finding.rule for finding in report.findings if expected)
    assert report.decision.exit_code == (0 if not expected else 2 if expected == ["rule-unverifiable"] else 1)
    drifted = {finding.rule for finding in report.findings if expected}
    assert {rule for rule, state in states(report).items() if state != "same"} == drifted


@pytest.mark.parametrize(
    ("rule", "settings", "texts"),
    [
        ("reviewers", {"reviewers": [], "reviewer_teams": []}, {}),
        ("prevent-self-review", {"prevent_self_review": False}, {}),
        ("wait-timer", {"wait_timer": 31}, {}),
        ("custom-rules", {"custom_rules": []}, {}),
        ("administrators-may-bypass", {"can_admins_bypass": True}, {}),
        ("branches", {"branches": ["main"], "tags": []}, {}),
    ],
)
def test_a_rule_that_is_not_in_the_policy_is_shown_and_not_judged(
    rule: str, settings: dict[str, Any], texts: dict[str, Any]
) -> None:
    policy = without(POLICY, rule, *(["tags"] if rule == "branches" else []))
    report = verify(world(repository(protection(**settings))), files(policy), **texts)
    found = [code for code in codes(report) if code != "self-review-allowed" or rule == "prevent-self-review"]
    assert found in (["environment-as-approved"], [])
    assert states(report)[rule] == "not-in-policy"


@pytest.mark.parametrize("policy", [changed(POLICY, administrators_may_bypass="true", prevent_self_review="false")])
def test_what_the_policy_allows_may_be_stricter(policy: str) -> None:
    assert codes(verify(world(), files(policy))) == ["environment-as-approved"]
    lax = protection(can_admins_bypass=None, prevent_self_review=False)
    assert codes(verify(world(repository(lax)), files(policy))) == ["environment-as-approved"]


PRIVATE = {"visibility": "private"}


@pytest.mark.parametrize(
    ("settings", "visibility", "expected"),
    [
        ({"reviewers": [], "reviewer_teams": []}, "private", ["plan-without-rule", "plan-without-rule"]),
        ({"reviewers": [], "reviewer_teams": []}, "internal", ["reviewers-too-few", "self-review-allowed"]),
        ({"reviewers": []}, "private", ["reviewers-too-few"]),
        ({"custom_rules": []}, "private", ["plan-without-rule"]),
        ({"custom_rules": ["another"]}, "private", ["custom-rules-differ"]),
        ({"branches": None, "tags": []}, "private", ["plan-without-rule"]),
        ({"branches": None, "tags": []}, "public", ["branch-policy-differs"]),
        ({"branches": ["main"]}, "private", ["branch-policy-differs"]),
        ({"wait_timer": 31}, "private", ["wait-timer-out-of-bounds"]),
    ],
)
def test_a_rule_that_a_private_repository_lacks_may_be_one_of_another_plan(
    settings: dict[str, Any], visibility: str, expected: list[str]
) -> None:
    report = verify(world(repository(protection(**settings), visibility=visibility)))
    assert codes(report) == expected
    assert report.decision is Decision.FAIL
    assert ("unsupported" in states(report).values()) is ("plan-without-rule" in expected)


@pytest.mark.parametrize(("visibility", "is_said"), [("private", True), ("internal", False), ("public", False)])
def test_of_a_private_repository_it_is_said_that_its_rules_hang_on_the_plan(visibility: str, *, is_said: bool) -> None:
    there = verify(world(repository(visibility=visibility)))
    assert codes(there) == ["environment-as-approved"]
    missing = verify(world(repository(environments={}, protections={}, visibility=visibility)))
    assert codes(missing) == ["environment-missing"]
    assert ("GitHub Pro, Team and Enterprise" in there.findings[0].message) is is_said
    assert ("GitHub Pro, Team and Enterprise" in missing.findings[0].remedy) is is_said


def test_without_reviewers_nothing_prevents_who_starts_a_deploy() -> None:
    class NoReviewers(HttpServers):
        def send(self, request: HttpRequest) -> HttpResponse:
            answer = super().send(request)
            return HttpResponse(
                answer.status, answer.headers, re.sub(rb'"reviewers": ?\[[^]]*]', b'"reviewers":[]', answer.body)
            )

    policy = "environments: { production: { prevent-self-review: true } }"
    with GitHubEmulator(world()) as emulator:
        report = run(inputs(emulator.url), files(policy), NoReviewers(5), FakeClock(NOW), FakeMasks())
    assert codes(report) == ["self-review-allowed"]
    assert "requires no reviewers" in report.findings[0].message


def test_a_wait_timer_that_is_missing_in_a_private_repository_may_be_one_of_another_plan() -> None:
    policy = changed(POLICY, wait_timer="{ at-least: 10m }")
    report = verify(world(repository(protection(wait_timer=0), visibility="private")), files(policy))
    assert codes(report) == ["plan-without-rule"]


PROTECTED = changed(without(POLICY, "branches", "tags"), protected_branches="true")


@pytest.mark.parametrize(
    ("settings", "protected", "texts", "expected"),
    [
        ({"protected_branches": True}, True, {}, ["environment-as-approved"]),
        ({"protected_branches": True}, False, {}, ["ref-not-allowed"]),
        ({"protected_branches": True}, True, {"ref": "refs/heads/feature"}, ["rule-unverifiable"]),
        ({"protected_branches": True}, True, {"ref": "refs/tags/v1"}, ["ref-not-allowed"]),
        ({"branches": ["main"]}, True, {}, ["branch-policy-differs"]),
        ({}, True, {}, ["branch-policy-differs"]),
    ],
)
def test_protected_branches_only_needs_the_branch_of_the_run_to_be_one(
    settings: dict[str, Any], texts: dict[str, Any], expected: list[str], *, protected: bool
) -> None:
    guarded = protection(**{"branches": None, "tags": [], **settings})
    home = repository(guarded, is_default_branch_protected=protected)
    assert codes(verify(world(home), files(PROTECTED), **texts)) == expected


@pytest.mark.parametrize(
    ("github", "expected"),
    [
        (world(repository(environments={}, protections={})), "environment-missing"),
        (world(repository(environments={}, protections={"staging": Protection()})), "environment-missing"),
        (world(repository(environments={}, protections={"Production": protection()})), "environment-named-differently"),
    ],
)
def test_the_environment_must_be_there_by_its_very_name(github: GitHub, expected: str) -> None:
    report = verify(github, files(without(POLICY, "secrets")))
    assert codes(report) == [expected]
    assert report.decision is Decision.FAIL
    assert json.loads(outputs(report).approval_policy or "")["reviewers"] is True


def test_a_404_is_no_proof_that_the_environment_is_missing() -> None:
    for faults in ([Fault(ENVIRONMENT, 404)], [Fault(ENVIRONMENT, 404), Fault(f"{BASE}/environments", 404)]):
        with pytest.raises(NotFound):
            verify(world(faults=faults))
    with pytest.raises(Refused):
        verify(world(faults=[Fault(ENVIRONMENT, 404), Fault(f"{BASE}/environments", 403)]))


@pytest.mark.parametrize(
    "github",
    [
        world(permissions={"contents": "read"}),
        world(down=True),
        world(rate_limited=True),
        world(faults=[Fault(ENVIRONMENT, 500)]),
        GitHub(),
    ],
)
@pytest.mark.parametrize("unverifiable", ["fail", "warn"])
def test_an_environment_that_cannot_be_read_never_passes(github: GitHub, unverifiable: str) -> None:
    with pytest.raises(ServiceError):
        verify(github, unverifiable=unverifiable)


PARTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "patterns": (f"{ENVIRONMENT}/deployment-branch-policies", POLICY, {}),
    "apps": (f"{ENVIRONMENT}/deployment_protection_rules", POLICY, {}),
    "branch": (f"{BASE}/branches/main", PROTECTED, {"branches": None, "tags": [], "protected_branches": True}),
    "secrets": (f"{ENVIRONMENT}/secrets", POLICY, {}),
    "secrets of the repository": (f"{BASE}/actions/secrets", POLICY, {}),
    "installation": (f"{BASE}/installation", POLICY, {}),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("status", "unverifiable", "code", "decision"),
    [
        (403, "fail", "rule-unverifiable", Decision.CANNOT_VERIFY),
        (404, "fail", "rule-unverifiable", Decision.CANNOT_VERIFY),
        (403, "warn", "rule-unverifiable", Decision.WARN),
        (404, "warn", "rule-unverifiable", Decision.WARN),
        (500, "fail", "rule-not-read", Decision.CANNOT_VERIFY),
        (500, "warn", "rule-not-read", Decision.CANNOT_VERIFY),
        (429, "warn", "rule-not-read", Decision.CANNOT_VERIFY),
    ],
)
def test_a_part_that_cannot_be_read_is_listed_by_rule_and_only_a_lack_of_permission_may_pass(  # noqa: PLR0913  # a row
    part: str, status: int, unverifiable: str, code: str, decision: Decision
) -> None:
    path, policy, settings = PARTS[part]
    home = repository(protection(**settings), is_default_branch_protected=True)
    report = verify(world(home, faults=[Fault(path, status)]), files(policy), unverifiable=unverifiable)
    assert set(codes(report)) == {code}
    assert report.decision is decision
    assert {states(report)[finding.rule] for finding in report.findings} == {"unverifiable"}


EXPRESSION = '"${{ inputs.where }}"'


@pytest.mark.parametrize(
    ("workflow", "settings", "texts", "code"),
    [
        ("jobs: [", {}, {}, "rule-unverifiable"),
        (WORKFLOW.replace("environment: production", f"environment: {EXPRESSION}"), {}, {}, "rule-unverifiable"),
        (WORKFLOW.replace("group: production-deploy", f"group: {EXPRESSION}"), {}, {}, "rule-unverifiable"),
        (WORKFLOW.replace("progress: false", f"progress: {EXPRESSION}"), {}, {}, "rule-unverifiable"),
        (None, {}, {}, "rule-not-read"),
        (WORKFLOW, {"can_admins_bypass": None}, {}, "rule-unverifiable"),
        (WORKFLOW, {}, {"app_private_key": "no key"}, "rule-not-read"),
    ],
)
def test_only_what_the_credentials_may_not_read_may_pass(
    workflow: str | None, settings: dict[str, Any], texts: dict[str, Any], code: str
) -> None:
    github = world(repository(protection(**settings)))
    report = verify(github, files(workflow=workflow), unverifiable="warn", **texts)
    assert set(codes(report)) == {code}
    assert report.decision is Decision.CANNOT_VERIFY
    assert not any("unverifiable: warn" in finding.remedy for finding in report.findings)


@pytest.mark.parametrize("part", PARTS)
def test_a_credential_that_github_does_not_know_is_no_lack_of_a_permission(part: str) -> None:
    path, policy, settings = PARTS[part]
    home = repository(protection(**settings), is_default_branch_protected=True)
    report = verify(world(home, faults=[Fault(path, 401)]), files(policy), unverifiable="warn")
    assert set(codes(report)) == {"rule-not-read"}
    assert report.decision is Decision.CANNOT_VERIFY


def test_what_cannot_be_read_and_is_not_asked_for_keeps_nobody_from_deploying() -> None:
    policy = without(POLICY, "branches", "tags", "custom-rules", "secrets")
    faults = [Fault(path, 500) for path, _, _ in PARTS.values()]
    report = verify(world(faults=faults), files(policy))
    assert codes(report) == ["environment-as-approved"]
    assert "custom-rules" not in states(report)


def test_what_is_certainly_wrong_outranks_what_is_not_known() -> None:
    report = verify(world(repository(protection(wait_timer=60, can_admins_bypass=None))))
    assert codes(report) == ["wait-timer-out-of-bounds", "rule-unverifiable"]
    assert report.decision is Decision.FAIL


@pytest.mark.parametrize(("app_id", "key"), [("", None), ("7", ""), ("", "a key")])
def test_without_an_app_the_places_of_secrets_are_unverifiable_and_the_permissions_named(
    app_id: str, key: str | None
) -> None:
    texts: dict[str, Any] = {"app_id": app_id, **({} if key is None else {"app_private_key": key})}
    report = verify(world(), **texts)
    assert codes(report) == ["rule-unverifiable"]
    assert "`secrets: read` and `environments: read`" in report.findings[0].remedy


def test_an_app_is_asked_only_where_the_policy_has_secrets_and_for_no_more_than_it_needs() -> None:
    masks, github = FakeMasks(), world()
    assert verify(github, files(without(POLICY, "secrets")), masks).decision is Decision.PASS
    assert masks.values == []
    assert verify(github, masks=masks).decision is Decision.PASS
    assert len(masks.values) == 1
    assert set(github.tokens) == {TOKEN}  # what was minted is revoked


def test_the_table_shows_no_name_of_a_secret_that_lives_elsewhere() -> None:
    home = repository(secrets={"OTHER": NOW}, organization_secrets={"THIRD": NOW})
    report = verify(world(home))
    shown = str(outputs(report).values())
    assert "DEPLOY_TOKEN" in shown
    assert "OTHER" not in shown
    assert "THIRD" not in shown


@pytest.mark.parametrize(
    ("policy", "trouble"),
    [
        (changed(POLICY, protected_branches="true"), "has both `protected-branches`"),
        (without(POLICY, "workflow"), "`concurrency` without its `workflow`"),
        (changed(POLICY, unknown="1"), "unknown field `unknown`"),
        ("environments: { production: {} }", "holds no rule"),
        ("[", "no valid YAML"),
        ("", "Expected `object`"),
    ],
)
def test_a_policy_that_cannot_be_judged_by_is_an_input_that_is_wrong(policy: str, trouble: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        verify(world(), files(policy))
    assert refused.value.input_name == "policy-file"
    assert POLICY_FILE in refused.value.problem
    assert trouble in refused.value.problem


def test_without_a_policy_nothing_is_asked_and_nothing_passes() -> None:
    github = world(down=True)
    missing, unlisted = verify(github, files(None)), verify(github, environment="staging")
    assert (codes(missing), missing.decision) == (["policy-missing"], Decision.CANNOT_VERIFY)
    assert (codes(unlisted), unlisted.decision) == (["environment-not-in-policy"], Decision.FAIL)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (POLICY, (True, "fail", "fail")),
        (without(POLICY, "reviewers"), (False, "warn", "warn")),
        (changed(POLICY, approval="{ self-approval: warn }"), (True, "warn", "fail")),
        (changed(without(POLICY, "reviewers"), approval="{ administrator-bypass: warn }"), (False, "fail", "warn")),
    ],
)
def test_what_follows_from_approvals_is_handed_on(policy: str, expected: tuple[bool, str, str]) -> None:
    handed = json.loads(outputs(verify(world(), files(policy))).approval_policy or "")
    assert handed.pop("among", None) == (["ada", "grace", "acme/release-managers"] if expected[0] else None)
    assert handed == dict(zip(("reviewers", "self-approval", "administrator-bypass"), expected, strict=True))


def test_no_output_holds_a_credential() -> None:
    report = verify(world())
    text = f"{report.findings}{msgspec.json.encode(outputs(report).values())!r}"
    assert TOKEN not in text
    assert "PRIVATE KEY" not in text


def test_a_secret_that_is_old_warns() -> None:
    old = repository(environments={"production": {"DEPLOY_TOKEN": NOW - timedelta(days=91)}})
    report = verify(world(old))
    assert (codes(report), report.decision) == (["secret-aged"], Decision.WARN)


def test_a_workflow_that_is_not_in_the_checkout_is_not_judged_by() -> None:
    report = verify(world(), files(workflow=None), unverifiable="warn")
    assert codes(report) == ["rule-not-read", "rule-not-read"]
    assert report.decision is Decision.CANNOT_VERIFY


def test_the_checkout_is_read_where_the_policy_says() -> None:
    policy = changed(POLICY, workflow=".github/workflows/other.yml")
    checkout = FakeFiles(
        contents={POLICY_FILE: policy.encode(), ".github/workflows/other.yml": WORKFLOW.encode()}, content=b"jobs: {}"
    )
    report = verify(world(), checkout, workflow_ref="acme/orders/.github/workflows/other.yml@refs/heads/main")
    assert codes(report) == ["environment-as-approved"]


OTHER_FILE = ".github/workflows/other.yml"
BOTH = changed(POLICY, workflow=f"[.github/workflows/deploy.yml, {OTHER_FILE}]")


@pytest.mark.parametrize(
    ("runs", "other", "expected"),
    [
        ("deploy.yml", "jobs: {}", []),
        ("other.yml", WORKFLOW, []),
        ("other.yml", "jobs: { a: {} }", ["workflow-not-guarded"]),
        ("third.yml", WORKFLOW, ["workflow-differs"]),
        ("", WORKFLOW, []),
        ("", "jobs: { a: {} }", ["workflow-not-guarded"]),
        ("", "jobs: [", ["rule-unverifiable", "rule-unverifiable"]),
        ("", None, []),
    ],
)
def test_of_several_workflows_the_one_that_runs_is_judged_or_each(
    runs: str, other: str | None, expected: list[str]
) -> None:
    contents = {POLICY_FILE: BOTH, ".github/workflows/deploy.yml": WORKFLOW, OTHER_FILE: other}
    checkout = FakeFiles(
        absent=tuple(path for path, text in contents.items() if text is None),
        contents={path: text.encode() for path, text in contents.items() if text is not None},
    )
    ref = f"acme/orders/.github/workflows/{runs}@refs/heads/main" if runs else ""
    report = verify(world(), checkout, workflow_ref=ref)
    assert codes(report) == (expected or ["environment-as-approved"])


EXAMPLES = Path(__file__).parents[3] / "examples"
SAMPLE = (EXAMPLES / "product/.github/deploy-environment.yml").read_text()


@pytest.mark.parametrize(
    ("example", "name"), [("caller.yml", "deploy.yml"), ("manual-rollback.yml", "manual-rollback.yml")]
)
def test_the_sample_policy_holds_the_deploy_and_the_rollback_of_the_examples(example: str, name: str) -> None:
    path = f".github/workflows/{name}"
    checkout = FakeFiles(contents={POLICY_FILE: SAMPLE.encode(), path: (EXAMPLES / example).read_bytes()})
    guarded = protection(branches=["main"], tags=[])
    ref = f"acme/orders/{path}@refs/heads/main"
    report = verify(world(repository(guarded)), checkout, workflow_ref=ref, library="acme/deploy-actions")
    assert codes(report) == ["environment-as-approved"]


def test_a_policy_reads_a_workflow_whose_parts_are_aliases() -> None:
    aliased = WORKFLOW.replace("concurrency: {", "concurrency: &group {") + "  second: { concurrency: *group }\n"
    assert codes(verify(world(), files(workflow=aliased))) == ["environment-as-approved"]


def test_reads_are_all_that_the_jobs_token_needs() -> None:
    assert set(READS.values()) == {"read"}
    assert codes(verify(world(permissions={"actions": "read"}))) == ["environment-as-approved"]
