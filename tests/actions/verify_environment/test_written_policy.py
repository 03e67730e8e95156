"""A policy that `init` writes says what is so: the same environment is as approved by it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.actions.verify_environment.room import (
    NOW,
    POLICY,
    POLICY_FILE,
    WORKFLOW,
    codes,
    files,
    outputs,
    protection,
    repository,
    states,
    verify,
    world,
)
from tests.fakes import FakeFiles

from deploy_actions.core.plain_yaml import load
from deploy_actions.core.ports import Files
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError
from deploy_actions.core.verdict import Decision
from deploy_actions.rehearsal.emulators.github import GitHub, Protection, Repository
from deploy_actions.rehearsal.emulators.github_state import Fault

ENVIRONMENT = "/repos/acme/orders/environments/production"


def written(github: GitHub, workflow: str | None = WORKFLOW, **texts: Any) -> str:
    checkout = files(None, workflow)
    report = verify(github, checkout, init="true", **texts)
    assert codes(report) == ["policy-written"]
    assert (report.decision, report.decision.exit_code) == (Decision.SKIP, 0)
    return checkout.written[POLICY_FILE].decode()


def test_the_policy_is_written_for_people_to_read() -> None:
    assert (
        written(world())
        == """\
# Written by verify-environment with `init`: how the environment was protected then, which somebody has to approve.
# docs/deploy-environment.md says what each rule means.
environments:
  production:
    reviewers: { at-least: 2, among: [Ada, acme/release-managers] }
    prevent-self-review: true
    wait-timer: { at-least: 30m, at-most: 30m }
    branches: [main, "release/*"]
    tags: ["v*"]
    custom-rules: [change-gate]
    administrators-may-bypass: false
    secrets: { only-in-environment: [DEPLOY_TOKEN] }
    workflow: ".github/workflows/deploy.yml"
    concurrency: production-deploy
    approval: { self-approval: fail, administrator-bypass: fail }
"""
    )


def test_what_is_not_protected_or_not_told_stands_as_a_comment() -> None:
    bare = Repository(protections={"production": Protection(can_admins_bypass=None)}, visibility="public")
    text = written(world(bare), workflow_ref="", app_id="")
    rules = load(text)["environments"]["production"]
    assert rules == {"wait-timer": {"at-least": "0m", "at-most": "0m"}, "custom-rules": []}
    for comment in (
        "    # reviewers: none are required",
        "    # branches: every branch and tag may deploy",
        "    # administrators-may-bypass: could not be read: GitHub does not say it",
        "    # secrets: could not be read: ",
        "    # workflow: ",
    ):
        assert comment in text


SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
PATTERNS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
PROTECTIONS = st.builds(
    protection,
    reviewers=st.lists(SLUGS, max_size=3, unique=True),
    reviewer_teams=st.lists(SLUGS, max_size=3, unique=True),
    prevent_self_review=st.booleans(),
    wait_timer=st.integers(0, 43_200),
    branches=st.one_of(st.none(), st.lists(PATTERNS, max_size=4).map(lambda some: [*some, "main"])),
    tags=st.just([]),
    custom_rules=st.lists(SLUGS, max_size=3, unique=True),
    can_admins_bypass=st.sampled_from([True, False, None]),
)
NAMES = st.lists(st.from_regex(r"[A-Z][A-Z0-9_]{0,10}", fullmatch=True), max_size=3)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(PROTECTIONS, NAMES, NAMES, st.sampled_from(["production", "no", "eu prod", "prüfung", 'a"b: #c']))
def test_what_is_so_is_as_approved_by_the_policy_that_says_it(
    guarded: Protection, here: list[str], elsewhere: list[str], name: str
) -> None:
    if guarded.branches is not None:
        guarded.tags = ["v*"]
    home = repository(
        guarded,
        protections={name: guarded},
        environments={name: dict.fromkeys(here, NOW)},
        secrets=dict.fromkeys(elsewhere, NOW),
    )
    workflow = WORKFLOW.replace("environment: production", f"environment: '{name}'")
    text = written(world(home), workflow, environment=name)
    report = verify(world(home), files(text, workflow), environment=name)
    assert codes(report) == ["environment-as-approved"], text
    assert set(states(report).values()) <= {"same", "not-in-policy"}


@pytest.mark.parametrize("branch_is_protected", [True])
def test_protected_branches_are_written_as_such(*, branch_is_protected: bool) -> None:
    guarded = protection(branches=None, tags=[], protected_branches=True)
    home = repository(guarded, is_default_branch_protected=branch_is_protected)
    text = written(world(home))
    assert load(text)["environments"]["production"]["protected-branches"] == "true"
    assert codes(verify(world(home), files(text))) == ["environment-as-approved"]


def test_a_workflow_that_would_not_stand_the_judgement_is_not_written() -> None:
    text = written(world(), WORKFLOW.replace("cancel-in-progress: false", "cancel-in-progress: true"))
    assert "workflow" not in load(text)["environments"]["production"]
    assert "# workflow: .github/workflows/deploy.yml does not deploy under guard: The job `deploy`" in text
    assert "# workflow: `workflow-ref` names none" in written(world(), "jobs: { a: {} }")
    assert "# workflow: could not be read: " in written(world(), None)
    other = "acme/other/.github/workflows/deploy.yml@refs/heads/main"
    assert "workflow" not in load(written(world(), workflow_ref=other))["environments"]["production"]


def test_a_note_is_one_line_whatever_it_quotes() -> None:
    hostile = (
        'jobs:\n  "x\\n    administrators-may-bypass: true #\\u2028    prevent-self-review: false #":'
        " { environment: production, concurrency: { group: production-deploy, cancel-in-progress: true } }\n"
    )
    text = written(world(repository(protection(can_admins_bypass=None))), hostile)
    rules = load(text)["environments"]["production"]
    assert "workflow" not in rules
    assert "administrators-may-bypass" not in rules
    assert rules["prevent-self-review"] == "true"
    assert len(text.splitlines()) == len(written(world()).splitlines()) - 1


def test_without_an_app_it_is_said_how_to_have_the_secrets_read() -> None:
    for texts in ({"app_id": ""}, {"app_private_key": ""}):
        text = written(world(), **texts)
        assert "# secrets: could not be read: no app was given; with `--app-id`" in text
        assert "INPUT_APP_PRIVATE_KEY" in text
    text = written(world(), workflow_ref="")
    assert "# workflow: no `workflow-ref` was given; with `--workflow-ref=" in text


CALLER = (Path(__file__).parents[3] / "examples/caller.yml").read_text()


def test_the_repository_of_the_library_that_is_called_is_written() -> None:
    text = written(world(), CALLER)
    assert load(text)["environments"]["production"]["calls"] == "acme/deploy-actions"
    assert codes(verify(world(), files(text, CALLER))) == ["environment-as-approved"]
    assert "# workflow: " in written(world(), CALLER, library="acme/another")


def test_a_group_that_only_warns_is_written() -> None:
    text = written(world(), WORKFLOW.replace(", queue: max", ""))
    assert load(text)["environments"]["production"]["concurrency"] == "production-deploy"


@pytest.mark.parametrize(
    "error", [None, Refused("the file", "reading", "no"), Malformed("the file", "reading", "it is a folder")]
)
def test_what_is_there_is_never_overwritten(error: ServiceError | None) -> None:
    checkout = FakeFiles(error=error) if error else files(POLICY)
    report = verify(world(), checkout, init="true")
    assert (codes(report), report.decision) == (["policy-exists"], Decision.FAIL)
    assert checkout.written == {}


class _Locked(FakeFiles):
    def write(self, path: str, content: bytes) -> None:
        raise NotFound(f"the file {path}", "writing", "there is no such folder")


def test_a_policy_that_cannot_be_written_is_said() -> None:
    checkout: Files = _Locked(absent=(POLICY_FILE,))
    report = verify(world(), checkout, init="true")  # type: ignore[arg-type]  # a fake of our own
    assert (codes(report), report.decision) == (["policy-not-written"], Decision.FAIL)


@pytest.mark.parametrize("path", [f"{ENVIRONMENT}/deployment-branch-policies", f"{ENVIRONMENT}/secrets"])
def test_after_an_outage_no_policy_is_written_and_after_a_refusal_a_comment_is(path: str) -> None:
    checkout = files(None)
    report = verify(world(faults=[Fault(path, 500)]), checkout, init="true")
    assert (codes(report), report.decision) == (["rule-not-read"], Decision.CANNOT_VERIFY)
    assert checkout.written == {}
    assert "could not be read" in written(world(faults=[Fault(path, 403)]))


def test_no_policy_is_written_of_an_environment_that_is_missing() -> None:
    checkout = files(None)
    report = verify(world(repository(environments={}, protections={})), checkout, init="true")
    assert codes(report) == ["environment-missing"]
    assert checkout.written == {}


def test_the_table_shows_what_was_found_while_nothing_is_judged() -> None:
    report = verify(world(), files(None), init="true")
    assert {state for rule, state in states(report).items() if rule != "environment"} == {"not-in-policy"}
    assert outputs(report).approval_policy is None
