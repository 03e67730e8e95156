"""Finds in a product's repository what is to be rehearsed: the job that calls production-deploy.yml."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import yaml

from deploy_actions.rehearsal.scenario import (
    Credential,
    Expected,
    ExpectedAction,
    Scenario,
    ScenarioError,
    load_scenarios,
)

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "examples" / "product"
_CALL = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)/\.github/workflows/production-deploy\.ya?ml@(?P<ref>\S+)")
_LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__")
OWN_SCENARIOS = Path(".github/rehearsal")
_LONG = "365d"
POLICIES = {
    "runner-policy": ".github/deploy-runners.yml",
    "environment-policy": ".github/deploy-environment.yml",
}
"""The policies of the sample product, by the inputs that name them."""

_HARMLESS = {
    **{"deploy-command": json.dumps(["true"]), "jira-url": "", "environment": "production"},
    **POLICIES,
}
"""Inputs of a derived scenario: nobody's Jira is asked, and its GitHub has the sample's runners and environment."""

_ANY_WORKFLOW = "environments: { production: { reviewers: { at-least: 1 } } }\n"
"""A policy that asks nothing of the workflow: how a product calls this library is not what such a rehearsal judges."""


class Product(msgspec.Struct, frozen=True):
    """A product's files and its call: `repository` and `ref` are those of the library in its `uses:`."""

    folder: Path
    job_id: str
    job: dict[str, Any]
    repository: str
    ref: str

    @property
    def is_sample(self) -> bool:
        """Whether it is our own sample, which brings a host to deploy to."""
        return self.folder == SAMPLE

    @property
    def inputs(self) -> dict[str, Any]:
        """What the call hands over in `with`."""
        given = self.job.get("with")
        return given if isinstance(given, dict) else {}

    @property
    def secret_names(self) -> list[str]:
        """The names in the call's input `secrets`. Raises ScenarioError when they are no JSON list."""
        try:
            return msgspec.json.decode(str(self.inputs.get("secrets", "[]")), type=list[str])
        except msgspec.DecodeError:
            raise ScenarioError(f"The input `secrets` of job {self.job_id} is no JSON list of names.") from None

    def copy_to(self, target: Path) -> None:
        """Copies the files that git would: neither ignored ones nor the history. Without git, all but the usual."""
        listed = _git_files(self.folder)
        if listed is None:
            shutil.copytree(self.folder, target, ignore=_LEFT_BEHIND, dirs_exist_ok=True)
            return
        for name in filter((lambda name: (self.folder / name).is_file()), listed):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / name, target / name)


def _git_files(folder: Path) -> list[str] | None:
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.split("\0")[:-1] if done.returncode == 0 else None


def sample_product() -> Product:
    """The sample product with the caller that README shows."""
    return _product(SAMPLE, [ROOT / "examples" / "caller.yml"])


def find_product(folder: Path) -> Product:
    """The product in a folder. Raises ScenarioError when no workflow in it calls production-deploy.yml."""
    return _product(folder.resolve(), sorted((folder / ".github" / "workflows").glob("*.y*ml")))


def _product(folder: Path, workflows: list[Path]) -> Product:
    for workflow in workflows:
        for job_id, job in _jobs(workflow).items():
            call = _CALL.fullmatch(str(job.get("uses", ""))) if isinstance(job, dict) else None
            if call:
                return Product(folder, job_id, job, call["repository"], call["ref"])
    raise ScenarioError(
        f"No workflow in {folder}/.github/workflows calls production-deploy.yml. examples/caller.yml shows how."
    )


def _jobs(workflow: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(workflow.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{workflow} is no valid YAML: {error}") from None
    jobs = document.get("jobs") if isinstance(document, dict) else None
    return jobs if isinstance(jobs, dict) else {}


def scenarios_of(product: Product) -> list[Scenario]:
    """The product's own scenarios in `.github/rehearsal`, else some made from its call: all good, one missing."""
    own = load_scenarios(product.folder / OWN_SCENARIOS)
    return own or _derived(product)


def _derived(product: Product) -> list[Scenario]:
    rules = _rules(product)
    secrets = {name: _credential(rules.get(name)) for name in product.secret_names}
    needed = [name for name in secrets if str(rules.get(name, {}).get("optional", "")).lower() != "true"]
    return [_all_good(secrets), *(_missing(name, secrets) for name in needed)]


def _all_good(secrets: dict[str, Credential]) -> Scenario:
    passes = {
        "preflight-secrets": ExpectedAction("pass" if secrets else "skip", "*"),
        "run-deploy": ExpectedAction("pass", "deployed"),
    }
    return Scenario(
        name="all-good",
        title="Every secret is in order; `true` stands in for the deploy command",
        secrets=secrets,
        inputs=_HARMLESS,
        files=_policies(),
        expect=Expected(jobs={"deploy": "success"}, actions=passes),
    )


def _missing(name: str, secrets: dict[str, Credential]) -> Scenario:
    stops = ExpectedAction("fail", "secret-missing", {name: "secret-missing"})
    return Scenario(
        name=f"missing-{name.lower().replace('_', '-')}"[:60],
        title=f"{name} is missing",
        secrets={**secrets, name: None},
        inputs=_HARMLESS,
        files=_policies(),
        expect=Expected(jobs={"deploy": "failure"}, actions={"preflight-secrets": stops, "run-deploy": None}),
    )


def _policies() -> dict[str, str]:
    return {
        POLICIES["runner-policy"]: (SAMPLE / POLICIES["runner-policy"]).read_text(),
        POLICIES["environment-policy"]: _ANY_WORKFLOW,
    }


def _rules(product: Product) -> dict[str, Any]:
    try:
        rules = yaml.safe_load(str(product.inputs.get("secret-rules", "")))
    except yaml.YAMLError as error:
        raise ScenarioError(f"The input `secret-rules` of job {product.job_id} is no valid YAML: {error}") from None
    return {name: rule for name, rule in rules.items() if isinstance(rule, dict)} if isinstance(rules, dict) else {}


def _credential(rule: Any) -> Credential:
    kind = rule.get("kind") if isinstance(rule, dict) else None
    if kind == "jwt":
        return Credential(make="jwt", expires_in=_LONG)
    return Credential(make="certificate", expires_in=_LONG) if kind == "x509" else Credential()
