import pytest

from deploy_actions.actions.verify_environment.workflow_file import Concurrency, Job, Workflow, is_same, workflow_of
from deploy_actions.core.input_types import NotOfType


@pytest.mark.parametrize(
    ("written", "wanted", "expected"),
    [
        ("production", "production", True),
        ("Production", "production", True),
        (" production ", "production", True),
        ("staging", "production", False),
        ("", "production", False),
        ("${{ inputs.environment }}", "production", None),
        ("${{ inputs.environment }}-eu", "production", False),
        ("${{ inputs.environment }}-eu", "production-EU", None),
        ("deploy-${{ github.ref }}", "production-deploy", False),
        ("production-${{ a }}-${{ b }}", "production-eu-1", None),
        ("${{ 'a}}b' }}", "production", None),
        ("$ { { x } }", "production", False),
        ("pr.d", "prod", False),
        ("${{\n github.ref\n}}", "production", None),
    ],
)
def test_an_expression_is_no_name_and_none_that_cannot_be_it(written: str, wanted: str, expected: bool | None) -> None:
    assert is_same(written, wanted) is expected


def test_what_guards_a_deploy_is_read_and_nothing_else() -> None:
    text = """
on: push
concurrency: { group: whole, cancel-in-progress: ${{ github.ref != 'x' }} }
jobs:
  caller:
    uses: acme/deploy-actions/.github/workflows/production-deploy.yml@0123
    with: { environment: staging, secrets: '[]' }
  owner:
    environment: { name: production, url: https://shop.example }
    concurrency: { group: production-deploy, cancel-in-progress: True }
  short: { environment: production, concurrency: production-deploy, steps: [{ run: make }] }
  other: { runs-on: ubuntu-latest, environment: "" }
""".replace("${{ github.ref != 'x' }}", '"${{ github.ref }}"')
    assert workflow_of(text) == Workflow(
        (
            Job(
                name="caller",
                calls="acme/deploy-actions/.github/workflows/production-deploy.yml@0123",
                given="staging",
            ),
            Job(name="owner", environment="production", concurrency=Concurrency("production-deploy", cancels=True)),
            Job(name="short", environment="production", concurrency=Concurrency("production-deploy")),
            Job(name="other"),
        ),
        Concurrency("whole", None),
    )


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", "it has no `jobs`"),
        ("- a", "it has no `jobs`"),
        ("jobs: {}", "it has no `jobs`"),
        ("jobs: [a]", "it has no `jobs`"),
        ("jobs: { a: b }", "the job `a` is no mapping"),
        ("jobs: { a: { with: b } }", "`with` of the job `a` is no mapping"),
        ("jobs: { a: { uses: [b] } }", "`uses` of the job `a` is no text"),
        ("jobs: { a: { environment: [b] } }", "`environment` of the job `a` is no text"),
        ("jobs: { a: { environment: { url: b } } }", "`environment` of the job `a` has no `name`"),
        ("jobs: { a: { concurrency: { cancel-in-progress: true } } }", "`concurrency` of the job `a` has no `group`"),
        ("jobs: { a: { with: { environment: {} } } }", "`environment` of `with` of the job `a` is no text"),
        ("concurrency: [a]\njobs: { a: {} }", "`concurrency` of the workflow is no text"),
        ("jobs: { a: {}, a: {} }", "the same name twice"),
        ("jobs: &a {}\nb: *a", "alias"),
        ("jobs: {", "no valid YAML"),
    ],
)
def test_what_cannot_be_read_is_said_by_its_place(text: str, trouble: str) -> None:
    with pytest.raises(NotOfType) as refused:
        workflow_of(text)
    assert trouble in str(refused.value)
