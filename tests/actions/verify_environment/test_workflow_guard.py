"""Which workflows deploy under guard: pure, a table of files."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.actions.verify_environment.room import NOW, inputs

from deploy_actions.actions.verify_environment import concurrency_guard, guarded_jobs, workflow_guard
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, LibraryName, WorkflowPath
from deploy_actions.actions.verify_environment.workflow_file import Workflow, workflow_of
from deploy_actions.clients.github_environments import Environment

ROOT = Path(__file__).parents[3]
PATH = WorkflowPath(".github/workflows/deploy.yml")
OURS = LibraryName("acme/deploy-actions")
POLICY = EnvironmentPolicy(workflow=PATH, calls=OURS, concurrency="production-deploy")
CALLED = "acme/deploy-actions/.github/workflows/production-deploy.yml"
PINNED = f"{CALLED}@{'0123456789' * 4}"
GROUP = "concurrency: { group: production-deploy, queue: max }"


def observed(found: Workflow | Unread | None, name: str = "production") -> Observed:
    workflows = {} if found is None else {str(PATH): found}
    return Observed(environment=Environment(name=name), workflows=workflows, now=NOW)


def judged(text: str, policy: EnvironmentPolicy = POLICY, name: str = "production") -> dict[str, list[str]]:
    seen = observed(workflow_of(text), name)
    rules = (workflow_guard.workflow(policy, seen, inputs()), concurrency_guard.concurrency(policy, seen))
    return {str(one.row.rule): [finding.reason_code for finding in one.findings] for one in rules}


def codes(text: str, policy: EnvironmentPolicy = POLICY, name: str = "production") -> list[str]:
    return [code for found in judged(text, policy, name).values() for code in found]


def job(*lines: str) -> str:
    return "jobs:\n  deploy:\n" + "".join(f"    {line}\n" for line in lines)


IN_GROUP = "group: production-deploy"
OWN = job("environment: production", GROUP)
CALL = job(f"uses: {PINNED}")
OTHER = job("runs-on: ubuntu-latest")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OWN, []),
        (CALL, []),
        (job(f"uses: {PINNED}", "with: { environment: production }"), []),
        (job(f"uses: {PINNED}", "with: { environment: Production }"), []),
        (job("environment: { name: PRODUCTION, url: x }", "concurrency: { group: Production-Deploy, queue: max }"), []),
        (job("environment: production", f"concurrency: {{ {IN_GROUP}, cancel-in-progress: false, queue: max }}"), []),
        # nothing that deploys under guard
        (job("runs-on: ubuntu-latest"), ["workflow-not-guarded"]),
        (job("environment: staging", GROUP), ["workflow-not-guarded"]),
        (job(f"uses: {PINNED}", "with: { environment: staging }"), ["workflow-not-guarded"]),
        (job("uses: acme/other/.github/workflows/deploy.yml@main"), ["workflow-not-guarded"]),
        (job("uses: acme/x/.github/workflows/my-production-deploy.yml@main"), ["workflow-not-guarded"]),
        (job(GROUP), ["workflow-not-guarded"]),
        # what is called may be moved
        (job(f"uses: {CALLED}@v1"), ["workflow-not-pinned"]),
        (job(f"uses: {CALLED}@main"), ["workflow-not-pinned"]),
        (job(f"uses: {CALLED}@0123456"), ["workflow-not-pinned"]),
        (job(f"uses: {PINNED}0"), ["workflow-not-pinned"]),
        (job(f"uses: {CALLED}"), ["workflow-not-pinned"]),
        # whose it is
        (job("uses: ./.github/workflows/production-deploy.yml"), ["workflow-of-another-library"]),
        (job("uses: $/.github/workflows/production-deploy.yml"), ["workflow-of-another-library"]),
        (job(f"uses: {PINNED.replace('acme', 'mallory')}"), ["workflow-of-another-library"]),
        (job(f"uses: {CALLED.replace('acme', 'mallory')}@v1"), ["workflow-of-another-library", "workflow-not-pinned"]),
        (job(f"uses: {PINNED.replace('acme', 'ACME')}"), []),
        (job(f"uses: ./.github/workflows/production-deploy.yml@{'0123456789' * 4}"), ["workflow-not-callable"]),
        (job("uses: $/.github/workflows/production-deploy.yml@v1"), ["workflow-not-callable"]),
        (job(f"uses: {PINNED.replace('workflows/', 'workflows/x/')}"), ["workflow-not-guarded"]),
        # no environment at all
        (job(f"uses: {PINNED}", "with: { environment: '' }"), ["environment-empty"]),
        (job(f"uses: {PINNED}", "with: { environment: }"), ["environment-empty"]),
        (job(f"uses: {PINNED}", "with: { environment: ~ }"), ["environment-empty"]),
        (job("environment: ''", GROUP), ["environment-empty"]),
        (OWN + "  second: { environment: { name: ' ' } }\n", ["environment-empty"]),
        (OWN + "  second: { uses: acme/other/.github/workflows/x.yml@main, with: { environment: '' } }\n", []),
        # the group
        (job("environment: production"), ["concurrency-differs"]),
        (
            job("environment: production", "concurrency: another"),
            ["concurrency-differs", "concurrency-replaces-waiting"],
        ),
        (job("environment: production", "concurrency: production-deploy"), ["concurrency-replaces-waiting"]),
        (
            job("environment: production", "concurrency: { group: production-deploy, queue: single }"),
            ["concurrency-replaces-waiting"],
        ),
        (OWN + "  second: { environment: production }\n", ["concurrency-differs"]),
        (
            CALL + "  second: { environment: production, concurrency: { group: another, queue: max } }\n",
            ["concurrency-differs"],
        ),
        (OWN + "  second: { environment: staging }\n", []),
        (
            job("environment: production", "concurrency: { group: production-deploy, cancel-in-progress: true }"),
            ["concurrency-cancels"],
        ),
        (
            job("environment: production", "concurrency: { group: another, cancel-in-progress: true }"),
            ["concurrency-differs", "concurrency-cancels"],
        ),
        # around it
        (f"concurrency: {{ group: another, cancel-in-progress: true }}\n{OWN}", ["concurrency-cancels"]),
        (f"concurrency: {{ group: another, cancel-in-progress: true }}\n{CALL}", ["concurrency-cancels"]),
        (CALL + "    concurrency: { group: another, cancel-in-progress: true }\n", ["concurrency-cancels"]),
        (
            f'concurrency: {{ group: another, cancel-in-progress: "${{{{ github.ref }}}}" }}\n{CALL}',
            ["rule-unverifiable"],
        ),
        (f"concurrency: {{ group: a, cancel-in-progress: true }}\n{OTHER}", ["workflow-not-guarded"]),
        (f"concurrency: another\n{CALL}", ["concurrency-replaces-waiting"]),
        (f"concurrency: {{ group: another, queue: max }}\n{CALL}", []),
        (CALL + "    concurrency: another\n", ["concurrency-replaces-waiting"]),
        (f'concurrency: "${{{{ github.run_id }}}}-x"\n{OWN}', []),
        # a deadlock
        (f"{GROUP}\n{OWN}", ["concurrency-deadlock"]),
        (f"{GROUP}\n{CALL}", ["concurrency-deadlock"]),
        (f"concurrency: {{ group: PRODUCTION-deploy, queue: max }}\n{CALL}", ["concurrency-deadlock"]),
        (CALL + f"    {GROUP}\n", ["concurrency-deadlock"]),
        (f"concurrency: another\n{OWN}", ["concurrency-replaces-waiting"]),
        (f"{GROUP}\n{job('runs-on: x')}", ["workflow-not-guarded"]),
        # what an expression decides
        (job('environment: "${{ inputs.where }}"', GROUP), ["rule-unverifiable"]),
        (job(f"uses: {PINNED}", 'with: { environment: "${{ inputs.where }}" }'), ["rule-unverifiable"]),
        (OWN + '  second: { environment: "${{ x }}" }\n', ["rule-unverifiable", "concurrency-differs"]),
        (OWN + '  second: { environment: "staging-${{ x }}" }\n', []),
        (
            job("environment: production", 'concurrency: { group: "${{ github.ref }}", queue: max }'),
            ["rule-unverifiable"],
        ),
        (
            job("environment: production", 'concurrency: { group: "${{ github.ref }}-x", queue: max }'),
            ["concurrency-differs"],
        ),
        (
            job("environment: production", 'concurrency: { group: production-deploy, cancel-in-progress: "${{ x }}" }'),
            ["rule-unverifiable"],
        ),
        (f'concurrency: {{ group: "${{{{ github.workflow }}}}", queue: max }}\n{OWN}', ["rule-unverifiable"]),
        (f'concurrency: {{ group: "ci-${{{{ github.ref }}}}", queue: max }}\n{OWN}', []),
    ],
)
def test_every_job_that_deploys_is_guarded_in_the_one_group(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_the_place_of_a_finding_is_plain_text_as_its_document_needs() -> None:
    seen = observed(workflow_of(job(f"uses: {CALLED}@v1")), "production")
    [finding] = workflow_guard.workflow(POLICY, seen, inputs()).findings
    assert finding.location
    assert [type(part) for part in (finding.location.path, finding.location.job)] == [str, str]


def test_a_group_is_judged_only_where_the_policy_has_one() -> None:
    only_workflow = EnvironmentPolicy(workflow=PATH, calls=OURS)
    assert judged(job("environment: production"), only_workflow) == {"workflow": [], "concurrency": []}


def test_what_is_called_deploys_to_its_default_in_its_own_group() -> None:
    assert codes(CALL, name="staging") == ["workflow-not-guarded"]
    another = EnvironmentPolicy(workflow=PATH, calls=OURS, concurrency="another")
    assert codes(CALL, another) == ["concurrency-differs"]


@pytest.mark.parametrize(
    ("calls", "library", "expected"),
    [
        (None, "", ["rule-unverifiable"]),
        (None, "Acme/Deploy-Actions", []),
        (None, "mallory/deploy-actions", ["workflow-of-another-library"]),
        (OURS, "", []),
        (OURS, "mallory/deploy-actions", ["workflow-of-another-library"]),
        (LibraryName("mallory/deploy-actions"), "acme/deploy-actions", ["workflow-of-another-library"]),
    ],
)
def test_the_library_is_the_one_that_runs_and_the_policys(
    calls: LibraryName | None, library: str, expected: list[str]
) -> None:
    policy = EnvironmentPolicy(workflow=PATH, calls=calls)
    judged = workflow_guard.workflow(policy, observed(workflow_of(CALL)), inputs(library=library))
    assert [finding.reason_code for finding in judged.findings] == expected


def test_a_repository_may_call_its_own() -> None:
    local = job("uses: ./.github/workflows/production-deploy.yml")
    policy = EnvironmentPolicy(workflow=PATH, calls=LibraryName("acme/orders"))
    assert codes(local, policy) == []


def test_the_called_workflow_is_as_this_room_takes_it() -> None:
    called: Any = yaml.safe_load((ROOT / ".github/workflows/production-deploy.yml").read_text())
    given: Any = called[True]["workflow_call"]["inputs"]
    assert given["environment"]["default"] == guarded_jobs.DEFAULT_ENVIRONMENT
    deploying = [one for one in called["jobs"].values() if "environment" in one]
    assert [one["concurrency"]["group"] for one in deploying] == [guarded_jobs.GROUP_OF_PRODUCTION_DEPLOY]
    assert deploying[0]["concurrency"]["cancel-in-progress"] is False


def test_a_finding_says_which_job_of_which_file() -> None:
    seen = observed(workflow_of(job("environment: production")))
    (finding,) = concurrency_guard.concurrency(POLICY, seen).findings
    assert finding.location
    assert (finding.location.job, finding.location.path) == ("deploy", PATH)


@pytest.mark.parametrize("is_fault", [True, False])
def test_a_file_that_cannot_be_read_is_no_guard(*, is_fault: bool) -> None:
    seen = observed(Unread("it is broken", "Mend it.", is_fault=is_fault))
    for one in (workflow_guard.workflow(POLICY, seen, inputs()), concurrency_guard.concurrency(POLICY, seen)):
        expected = "rule-not-read" if is_fault else "rule-unverifiable"
        assert [finding.reason_code for finding in one.findings] == [expected]
        assert one.row.state == "unverifiable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OWN, "production-deploy"),
        (CALL, "production-deploy"),
        (OWN + "  second: { environment: production, concurrency: another }\n", None),
        (OWN + "  second: { environment: production }\n", None),
        (job("environment: production"), None),
        (job("environment: staging", GROUP), None),
    ],
)
def test_the_one_group_is_that_of_all_jobs_that_deploy(text: str, expected: str | None) -> None:
    assert guarded_jobs.one_group(observed(workflow_of(text))) == expected
