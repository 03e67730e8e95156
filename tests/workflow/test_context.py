import pytest

from deploy_actions.workflow.context import Context, context

FILES = {"GITHUB_OUTPUT": "/tmp/out", "GITHUB_STEP_SUMMARY": "/tmp/summary"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Context(in_workflow=False, output_file=None, summary_file=None)),
        (FILES, Context(in_workflow=False, output_file=None, summary_file=None)),
        ({"GITHUB_ACTIONS": "1", **FILES}, Context(in_workflow=False, output_file=None, summary_file=None)),
        ({"GITHUB_ACTIONS": "true"}, Context(in_workflow=True, output_file=None, summary_file=None)),
        (
            {"GITHUB_ACTIONS": "true", **FILES},
            Context(in_workflow=True, output_file="/tmp/out", summary_file="/tmp/summary"),
        ),
    ],
)
def test_only_a_runner_says_true(environ: dict[str, str], expected: Context) -> None:
    assert context(environ) == expected
