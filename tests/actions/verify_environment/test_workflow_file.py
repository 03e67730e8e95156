import pytest

from deploy_actions.actions.verify_environment.workflow_file import (
    Around,
    Concurrency,
    Job,
    Workflow,
    is_same,
    workflow_of,
)
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
    secrets: inherit
  owner:
    environment: { name: production, url: https://shop.example }
    concurrency: { group: production-deploy, cancel-in-progress: True, queue: max }
  short: { environment: production, concurrency: production-deploy, steps: [{ run: make }] }
  other: { runs-on: ubuntu-latest, environment: "" }
""".replace("${{ github.ref != 'x' }}", '"${{ github.ref }}"')
    around = (Around("The workflow", Concurrency("whole", None, keeps_all=False)),)
    assert workflow_of(text) == Workflow(
        (
            Job(
                name="caller",
                calls="acme/deploy-actions/.github/workflows/production-deploy.yml@0123",
                given="staging",
                inherits=True,
                around=around,
            ),
            Job(
                name="owner",
                environment="production",
                concurrency=Concurrency("production-deploy", cancels=True),
                around=around,
            ),
            Job(
                name="short",
                environment="production",
                concurrency=Concurrency("production-deploy", keeps_all=False),
                around=around,
            ),
            Job(name="other", environment="", around=around),
        )
    )


@pytest.mark.parametrize(
    ("concurrency", "keeps_all"),
    [
        ("{ group: a, queue: max }", True),
        ("{ group: a, queue: single }", False),
        ("{ group: a, queue: '${{ x }}' }", False),
        ("a", False),
        ("'a-${{ github.run_id }}'", True),
        ("'a-${{ github.run_id || 1 }}'", False),
    ],
)
def test_nobody_who_waits_is_replaced_where_all_are_kept_or_the_group_is_one_runs(
    concurrency: str, *, keeps_all: bool
) -> None:
    [job] = workflow_of(f"jobs: {{ a: {{ concurrency: {concurrency} }} }}").jobs
    assert job.concurrency
    assert job.concurrency.keeps_all is keeps_all


def test_an_alias_stands_for_what_it_names() -> None:
    text = "jobs:\n  a: &a { environment: production, concurrency: &c x }\n  b: *a\n  c: { concurrency: *c }\n"
    first, second, third = workflow_of(text).jobs
    assert first.environment == second.environment == "production"
    assert third.concurrency == first.concurrency


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
        ("jobs: &a { b: *a }", "no valid YAML"),
        ("jobs: {", "no valid YAML"),
    ],
)
def test_what_cannot_be_read_is_said_by_its_place(text: str, trouble: str) -> None:
    with pytest.raises(NotOfType) as refused:
        workflow_of(text)
    assert trouble in str(refused.value)
