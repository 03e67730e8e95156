"""Lays out a rehearsal in a temporary folder: the library as act can read it, the product as a repository."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import yaml

from deploy_actions.rehearsal.product import ROOT, Product
from deploy_actions.rehearsal.scenario import Scenario, ScenarioError

WORKFLOW = Path(".github/workflows/production-deploy.yml")
_LAUNCHER = Path("bin/deploy-actions")


class Rewrite(msgspec.Struct, frozen=True):
    """A piece of GitHub's syntax that act 0.2.89 does not know, and what takes its place in the staged copy."""

    pattern: str
    replacement: str
    why: str


REWRITES = (
    Rewrite(r"(?m)^ +queue: max\n", "", "act rejects `concurrency.queue` (and ignores concurrency)"),
    Rewrite(
        r"(?m)^ +ref: \$\{\{ inputs\.sha \}\}\n",
        "",
        "act rejects a `ref` of actions/checkout (its own copies the one commit that is there)",
    ),
    Rewrite(
        r"uses: \$/(\S+)", r"uses: {repository}/\1@{ref}", "act rejects `uses: $/…` (same repository, same commit)"
    ),
    Rewrite(
        r"\$\{\{ runner\.name \}\}",
        "${{{{ env.RUNNER_NAME }}}}",
        "act leaves `runner.name` empty (and hands on the variable of that name)",
    ),
    Rewrite(
        r"\$\{\{ runner\.environment \}\}",
        "${{{{ env.RUNNER_ENVIRONMENT }}}}",
        "act leaves `runner.environment` empty (and hands on the variable of that name)",
    ),
)


STAND_INS = Path(__file__).parent / "stand_ins"
"""Actions of others that act cannot run here, by the name of their repository's folder."""


def stand_ins() -> dict[str, Path]:
    """The folder that takes the place of each of them, by the very name and commit that the workflow pins."""
    used = re.findall(r"uses: (actions/([a-z-]+)@[0-9a-f]{40})", (ROOT / WORKFLOW).read_text())
    return {name: STAND_INS / folder for name, folder in used if (STAND_INS / folder).is_dir()}


def stage_library(target: Path, product: Product) -> None:
    """Lays out what act reads of what a runner would download, with the rewrites that act needs and no others.

    act copies the library anew for each step of each scenario. So it gets the declarations of the actions, and a link
    to the launcher, which follows that to the code.
    """
    for declaration in (ROOT / "actions").glob("*/action.yml"):
        _copy(declaration.relative_to(ROOT), target)
    _copy(WORKFLOW, target)
    (target / _LAUNCHER).parent.mkdir()
    (target / _LAUNCHER).symlink_to(ROOT / _LAUNCHER)
    workflow = target / WORKFLOW
    workflow.write_text(rewritten(workflow.read_text(), product.repository, product.ref))


def _copy(part: Path, target: Path) -> None:
    (target / part).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(ROOT / part, target / part)


def rewritten(text: str, repository: str, ref: str) -> str:
    """The workflow as act can read it."""
    for rewrite in REWRITES:
        replacement = rewrite.replacement.format(repository=repository, ref=ref)
        text = re.sub(rewrite.pattern, replacement, text)
    return text


def stage_product(target: Path, product: Product, scenario: Scenario) -> str:
    """The product's repository with the scenario's files and inputs; returns the SHA of its one commit."""
    product.copy_to(target)
    (target / ".actrc").unlink(missing_ok=True)
    for name, text in scenario.files.items():
        if not (target / name).resolve().is_relative_to(target.resolve()):
            raise ScenarioError(f"Scenario {scenario.name}: the file {name} is outside the product.")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text)
    shutil.rmtree(target / ".github" / "workflows", ignore_errors=True)
    (target / ".github" / "workflows").mkdir(parents=True, exist_ok=True)
    (target / ".github" / "workflows" / "deploy.yml").write_text(_caller(product, scenario))
    return _commit(target)


def _caller(product: Product, scenario: Scenario) -> str:
    """The product's calling job alone, since jobs before it may need what is not here; or the scenario's own job."""
    kept = {key: value for key, value in product.job.items() if key not in ("needs", "if", "concurrency")}
    job = scenario.job or {**kept, "with": {**product.inputs, **scenario.inputs}}
    workflow = {"name": "deploy", "on": "workflow_dispatch", "jobs": {product.job_id: job}}
    return yaml.safe_dump(workflow, sort_keys=False, width=1000)


def _commit(folder: Path) -> str:
    identity = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost", "-c", "commit.gpgsign=false"]
    git = ["git", "-C", str(folder), *identity]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "Rehearsal"],
    ):
        subprocess.run([*git, *command], env=environment, check=True, capture_output=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()
