"""What stands behind a workflow: the local ones that it calls with all secrets."""

from collections.abc import Mapping

import pytest
from tests.actions.verify_environment.room import POLICY as BARE
from tests.actions.verify_environment.room import POLICY_FILE, changed, codes, verify, without, world
from tests.fakes import FakeFiles

from deploy_actions.actions.verify_environment.checked_out import read_workflows
from deploy_actions.actions.verify_environment.observation import Unread
from deploy_actions.core.verdict import Decision

POLICY = changed(without(BARE, "secrets"), calls="acme/deploy-actions")
FOLDER = ".github/workflows"
PINNED = f"acme/deploy-actions/{FOLDER}/production-deploy.yml@{'0' * 40}"
CALL = f"jobs: {{ production: {{ uses: {PINNED} }}, other: {{ uses: ./{FOLDER}/other.yml, secrets: inherit }} }}"
GROUP = "concurrency: { group: production-deploy, queue: max }"


def checkout(**texts: str) -> FakeFiles:
    """Workflows by name; another is not there."""
    contents = {f"{FOLDER}/{name}.yml": text.encode() for name, text in texts.items()}
    names = ("deploy", "other", "third")
    absent = tuple(path for name in names if (path := f"{FOLDER}/{name}.yml") not in contents)
    return FakeFiles(absent=absent, contents={POLICY_FILE: POLICY.encode(), **contents})


def names(files: FakeFiles) -> list[str]:
    [found] = read_workflows(files, [f"{FOLDER}/deploy.yml"]).values()
    assert not isinstance(found, Unread)
    return [job.name for job in found.jobs]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"other": "jobs: { hidden: { runs-on: x } }"}, []),
        ({"other": "jobs: { hidden: { environment: production } }"}, ["concurrency-differs"]),
        ({"other": f"jobs: {{ hidden: {{ environment: production, {GROUP} }} }}"}, []),
        ({"other": "jobs: { hidden: { environment: '${{ vars.WHERE }}', " + GROUP + " } }"}, ["rule-unverifiable"]),
        (
            {"other": "concurrency: { group: a, cancel-in-progress: true }\njobs: { a: { environment: production, "
             + GROUP + " } }"},
            ["concurrency-cancels"],
        ),
        ({"other": f"jobs: {{ a: {{ uses: {PINNED.replace('acme', 'mallory')} }} }}"}, ["workflow-of-another-library"]),
        # what they call in turn
        (
            {
                "other": f"jobs: {{ a: {{ uses: $/{FOLDER}/third.yml, secrets: inherit }} }}",
                "third": "jobs: { b: { environment: production } }",
            },
            ["concurrency-differs"],
        ),
        ({"other": f"jobs: {{ a: {{ uses: ./{FOLDER}/third.yml }} }}"}, []),
        # what could not be read
        ({}, ["workflow-not-looked-into"]),
        ({"other": "jobs: ["}, ["workflow-not-looked-into"]),
        ({"other": f"jobs: {{ a: {{ uses: ./{FOLDER}/other.yml, secrets: inherit }} }}"}, ["workflow-not-looked-into"]),
        ({"other": f"jobs: {{ a: {{ uses: ./{FOLDER}/third.yml, secrets: inherit }} }}"}, ["workflow-not-looked-into"]),
    ],
)  # fmt: skip
def test_a_local_workflow_that_gets_all_secrets_is_held_to_the_same(
    texts: Mapping[str, str], expected: list[str]
) -> None:
    report = verify(world(), checkout(deploy=CALL, **texts))
    assert codes(report) == (expected or ["environment-as-approved"])
    if expected == ["workflow-not-looked-into"]:
        assert report.decision is Decision.WARN


def test_an_environment_that_the_caller_hands_over_is_the_one_that_is_named() -> None:
    inner = "jobs: { hidden: { environment: '${{ inputs.environment }}', " + GROUP + " } }"
    files = checkout(deploy=CALL.replace("inherit }", "inherit, with: { environment: staging } }"), other=inner)
    assert codes(verify(world(), files)) == ["environment-as-approved"]
    assert codes(verify(world(), checkout(deploy=CALL, other=inner))) == ["rule-unverifiable"]


def test_a_job_behind_another_is_named_by_both() -> None:
    assert names(checkout(deploy=CALL, other="jobs: { hidden: {} }")) == ["production", "other", "other / hidden"]
    explicit = CALL.replace("secrets: inherit", "secrets: { A: b }")
    assert names(checkout(deploy=explicit)) == ["production", "other"]


def test_of_several_workflows_one_that_is_not_there_cannot_be_the_one_that_runs() -> None:
    paths = [f"{FOLDER}/{name}.yml" for name in ("deploy", "other", "third")]
    assert list(read_workflows(checkout(deploy=CALL, other="jobs: ["), paths)) == paths[:2]
    [(path, found)] = read_workflows(checkout(), paths).items()
    assert path == paths[0]
    assert isinstance(found, Unread)
    assert found.is_fault
