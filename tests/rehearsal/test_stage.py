import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from deploy_actions.rehearsal.product import POLICIES, ROOT, find_product, sample_product, scenarios_of
from deploy_actions.rehearsal.scenario import SCENARIOS, Credential, ScenarioError, good_world, load_scenarios
from deploy_actions.rehearsal.stage import REWRITES, WORKFLOW, rewritten, stage_product

CALLER = """
on: push
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: "true"}]}
  ship:
    needs: build
    uses: octo/deploys/.github/workflows/production-deploy.yml@v3
    with: {secrets: '["TOKEN", "CERT", "EXTRA"]', secret-rules: "CERT: {kind: x509}\\nEXTRA: {optional: true}"}
"""


def test_the_staged_workflow_differs_only_by_the_listed_rewrites() -> None:
    original = (ROOT / WORKFLOW).read_text()
    staged = rewritten(original, "octo/deploys", "v3").splitlines()
    differing = [line.strip() for line in original.splitlines() if line not in staged]
    ours = [line.removeprefix("uses: $/actions/") for line in differing if line.startswith("uses: ")]
    assert len(ours) == original.count("uses: $/") > 10
    others = [line for line in differing if not line.startswith("uses: ")]
    of_runner = {"runner-name: ${{ runner.name }}", "runner-environment: ${{ runner.environment }}"}
    assert {*others} == {"queue: max", "ref: ${{ inputs.sha }}", *of_runner}
    added = [line.strip() for line in staged if line not in original.splitlines()]
    of_act = {"runner-name: ${{ env.RUNNER_NAME }}", "runner-environment: ${{ env.RUNNER_ENVIRONMENT }}"}
    assert {*added} == {f"uses: octo/deploys/actions/{name}@v3" for name in ours} | of_act


def test_there_are_five_rewrites_and_each_says_why() -> None:
    assert [rewrite.pattern for rewrite in REWRITES] == [
        r"(?m)^ +queue: max\n",
        r"(?m)^ +ref: \$\{\{ inputs\.sha \}\}\n",
        r"uses: \$/(\S+)",
        r"\$\{\{ runner\.name \}\}",
        r"\$\{\{ runner\.environment \}\}",
    ]
    assert all(rewrite.why.startswith(("act rejects", "act leaves")) for rewrite in REWRITES)


def test_the_readme_example_is_the_rehearsed_caller() -> None:
    product = sample_product()
    assert product.job["secrets"] == "inherit"
    assert set(product.secret_names) == set(good_world())
    assert len((ROOT / "examples" / "caller.yml").read_text().splitlines()) <= 15


def test_a_products_call_is_found_among_its_workflows(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/a.yml").write_text("on: push\njobs: {x: {runs-on: y}}")
    (tmp_path / ".github/workflows/b.yml").write_text(CALLER)
    product = find_product(tmp_path)
    assert (product.job_id, product.repository, product.ref) == ("ship", "octo/deploys", "v3")
    assert product.secret_names == ["TOKEN", "CERT", "EXTRA"]


def test_scenarios_made_from_a_call_leave_each_required_secret_out_once(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/b.yml").write_text(CALLER)
    scenarios = scenarios_of(find_product(tmp_path))
    assert [scenario.name for scenario in scenarios] == ["all-good", "missing-token", "missing-cert"]
    assert scenarios[0].secrets["CERT"] == Credential(make="certificate", expires_in="365d")
    made_up = {"deploy-command": '["true"]', "jira-url": "", "environment": "production", **POLICIES}
    assert all(scenario.inputs == made_up for scenario in scenarios)
    assert all({*scenario.files} == {*POLICIES.values()} for scenario in scenarios)


@pytest.mark.parametrize("text", ["", "jobs: []", "jobs: {x: [1]}", "- a", "jobs: {x: {uses: other/repo/w.yml@v1}}"])
def test_a_repository_without_a_call_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/a.yml").write_text(text)
    with pytest.raises(ScenarioError, match=r"examples/caller\.yml shows how"):
        find_product(tmp_path)


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ("secrets: TOKEN", "no JSON list of names"),
        ("secret-rules: 'A: ['", "`secret-rules` of job ship is no valid YAML"),
    ],
)
def test_inputs_that_cannot_be_read_are_refused_by_name(tmp_path: Path, inputs: str, problem: str) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    call = "octo/deploys/.github/workflows/production-deploy.yml@v3"
    (tmp_path / ".github/workflows/a.yml").write_text(f"jobs: {{ship: {{uses: {call}, with: {{{inputs}}}}}}}")
    with pytest.raises(ScenarioError, match=problem):
        scenarios_of(find_product(tmp_path))


def test_a_call_without_inputs_has_no_secrets(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    call = "octo/deploys/.github/workflows/production-deploy.yml@v3"
    (tmp_path / ".github/workflows/a.yml").write_text(f"jobs: {{ship: {{uses: {call}, with: }}}}")
    [scenario] = scenarios_of(find_product(tmp_path))
    expected = scenario.expect.actions["preflight-secrets"]
    assert (scenario.name, expected and expected.decision) == ("all-good", "skip")


def test_a_scenario_cannot_write_outside_the_product(tmp_path: Path) -> None:
    [scenario] = [s for s in load_scenarios(SCENARIOS) if s.name == "all-good"]
    outside = msgspec.structs.replace(scenario, files={"../../outside": "x"})
    with pytest.raises(ScenarioError, match="outside the product"):
        stage_product(tmp_path / "a" / "b", sample_product(), outside)
    assert not (tmp_path / "outside").exists()


def test_staging_inside_a_git_hook_leaves_the_repository_of_the_hook_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "mine")], check=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "mine" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "mine"))
    sha = stage_product(tmp_path / "staged", sample_product(), load_scenarios(SCENARIOS)[0])
    assert (tmp_path / "staged" / ".git").is_dir()
    assert not list((tmp_path / "mine" / ".git" / "objects").glob(f"{sha[:2]}/*"))


def test_broken_yaml_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/a.yml").write_text("a: [")
    with pytest.raises(ScenarioError, match=r"a\.yml is no valid YAML"):
        find_product(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "title: x",
        "expect: {jobs: {}, actions: {}}",
        "title: x\nexpect: {jobs: {}, actions: {}}\nsurprise: 1",
        "title: x\nexpect: {jobs: {}, actions: {}}\nsecrets: {A: {make: magic}}",
        "title: x\nexpect: {jobs: {}, actions: {}}\nsecrets: {A: {expires-in: soon}}",
        "title: [",
        "just text",
    ],
)
def test_a_file_that_is_no_scenario_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yml").write_text(text)
    with pytest.raises(ScenarioError, match=r"odd\.yml is no scenario"):
        load_scenarios(tmp_path)


def test_the_promised_scenarios_are_there() -> None:
    promised = {"all-good", "missing-secret", "expired-jwt", "certificate-ends-in-window", "placeholder", "two-faults"}
    promised |= {"optional-secret-absent", "deploy-fails", "no-manifest"}
    assert promised <= {scenario.name for scenario in load_scenarios(SCENARIOS)}


def names_of_actions(steps: list[dict[str, Any]]) -> set[str]:
    """As scenarios name them: with the step's id where several steps are of one action."""
    actions = [(step["uses"].removeprefix("$/actions/"), step) for step in steps if step["uses"].startswith("$/")]
    counts = Counter(name for name, _ in actions)
    return {name if counts[name] == 1 else f"{name} ({step['id']})" for name, step in actions}


def test_every_scenario_names_actions_of_the_workflow_its_jobs_and_what_is_live() -> None:
    jobs = yaml.safe_load((ROOT / WORKFLOW).read_text())["jobs"]
    used = names_of_actions([step for job in jobs.values() for step in job["steps"]])
    for scenario in (scenario for scenario in load_scenarios(SCENARIOS) if not scenario.job):
        plain = {name.partition(" ")[0] for name in used}  # where only one of an action's steps is made
        assert set(scenario.expect.actions) <= used | plain, scenario.name
        assert "run-deploy" in scenario.expect.actions, scenario.name
        assert "gate" in scenario.expect.jobs, scenario.name
        assert {"deploy", "gate"} & set(jobs) >= set(scenario.expect.jobs), scenario.name
        assert scenario.expect.live, scenario.name
