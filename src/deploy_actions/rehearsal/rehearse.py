"""Rehearses scenarios, each in a folder of its own that is gone afterwards."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec

from deploy_actions.core.redact import Redactor
from deploy_actions.rehearsal import act, credentials
from deploy_actions.rehearsal.github_world import JOB_TOKEN, OWN_RUN, REPOSITORY, github
from deploy_actions.rehearsal.jira_world import EXPIRED, TOKEN, jira
from deploy_actions.rehearsal.leftovers import end_processes_of
from deploy_actions.rehearsal.observation import Observation, Step, differences
from deploy_actions.rehearsal.product import ROOT, Product
from deploy_actions.rehearsal.production import BEFORE, Production, production
from deploy_actions.rehearsal.scenario import Scenario, ScenarioError, good_world
from deploy_actions.rehearsal.service_world import instances, prometheus
from deploy_actions.rehearsal.stage import stage_library, stage_product, stand_ins

_AT_A_TIME = 2
"""Most of a scenario is processes that start: more than one for each of two cores gains nothing."""


class Outcome(msgspec.Struct, frozen=True):
    """What a scenario came to. `differences` is empty if all is as the scenario says."""

    scenario: Scenario
    seen: dict[str, Any]
    differences: list[str]
    log: list[str]
    seconds: float


class Audience(Protocol):
    """Who watches the rehearsal."""

    def staged(self, folder: Path) -> None:
        """The folder is ready."""

    def begins(self, scenario: Scenario) -> None:
        """A scenario begins."""

    def step_ended(self, step: Step) -> None:
        """A step of the workflow ended."""

    def ended(self, outcome: Outcome) -> None:
        """A scenario ended."""


def rehearse(product: Product, scenarios: list[Scenario], audience: Audience, *, keep: bool) -> list[Outcome]:
    """Runs the scenarios, two at a time; a single one is told of as it goes, several in order, each as it ends.

    Raises ScenarioError when the stage cannot be set.
    """
    act.find_act()
    with _stage(keep=keep) as folder:
        stage_library(folder / "library", product)
        (folder / "runtime").symlink_to(_runtime())
        audience.staged(folder)
        if len(scenarios) == 1:
            audience.begins(scenarios[0])
            outcomes = [_run(product, scenarios[0], folder, audience.step_ended)]
            audience.ended(outcomes[0])
            return outcomes
        return list(_side_by_side(product, scenarios, folder, audience))


def _side_by_side(product: Product, scenarios: list[Scenario], stage: Path, audience: Audience) -> Iterator[Outcome]:
    """Each scenario has a folder, servers and an engine of its own. An interruption ends those that are under way."""
    steps: dict[str, list[Step]] = {scenario.name: [] for scenario in scenarios}
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        running = [pool.submit(_run, product, one, stage, steps[one.name].append) for one in scenarios]
        try:
            for scenario, future in zip(scenarios, running, strict=True):
                outcome = future.result()
                audience.begins(scenario)
                for step in steps[scenario.name]:
                    audience.step_ended(step)
                audience.ended(outcome)
                yield outcome
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            end_processes_of(stage)
            raise


@contextmanager
def _stage(*, keep: bool) -> Iterator[Path]:
    """A temporary folder; in the end nothing of it runs any more, and it is gone unless it is kept."""
    folder = Path(tempfile.mkdtemp(prefix="deploy-actions-rehearsal-")).resolve()
    try:
        yield folder
    finally:
        end_processes_of(folder)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _runtime() -> Path:
    """The runtime of the actions, made now if it is the first time on this machine."""
    command = [str(ROOT / "bin" / "deploy-actions"), "--runtime"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise ScenarioError("The packages that the actions need could not be installed; see above.")
    return Path(done.stdout.strip())


def _run(product: Product, scenario: Scenario, stage: Path, step_ended: Callable[[Step], None]) -> Outcome:
    started = time.monotonic()
    world = (good_world() if product.is_sample else {}) | dict(scenario.secrets)
    secrets = {name: credentials.make(credential) for name, credential in world.items() if credential}
    redactor = Redactor()
    for name, value in secrets.items():
        redactor.add(name, value)
    seen = Observation(redactor, step_ended)
    folder = stage / scenario.name
    sha = stage_product(folder / "repository", product, scenario)
    (folder / "home").mkdir()
    with ExitStack() as stack:
        host = (
            stack.enter_context(production(folder / "production", secrets.get("DEPLOY_TOKEN", "none")))
            if product.is_sample
            else None
        )
        variables = _world(scenario, secrets, sha, stack) | _service(scenario, host, stack)
        job = act.Job(
            repository=folder / "repository",
            home=folder / "home",
            repositories={f"{product.repository}@{product.ref}": stage / "library", **stand_ins()},
            secrets=secrets,
            variables=variables,
            environment={
                **_of_github(scenario, sha, variables["GITHUB_API"]),
                "DEPLOY_ACTIONS_RUNTIME": str(stage / "runtime"),
                "REHEARSAL_ARTIFACTS": str(folder / "artifacts"),
            },
        )
        act.run(job, seen.hear)
        seen.take_evidence(folder / "artifacts")
        if host:
            live = host.live_version()
            seen.live = {BEFORE: "unchanged", sha[:12]: "new"}.get(str(live), str(live))
    log = seen.log + seen.problems
    came_out = seen.seen(scenario.expect.actions)
    return Outcome(scenario, came_out, differences(scenario.expect, seen), log, time.monotonic() - started)


def _of_github(scenario: Scenario, sha: str, api: str) -> dict[str, str]:
    """What GitHub and its runner say in the environment. act opens the repository thousands of times to find the ref.

    `SHA_REF` is act's own name for `GITHUB_SHA`.
    """
    return {
        "GITHUB_API_URL": api,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_REF": "refs/heads/main",
        "SHA_REF": sha,
        "GITHUB_RUN_ID": str(OWN_RUN),
        "RUNNER_NAME": scenario.github.own_runner,
        "RUNNER_ENVIRONMENT": "self-hosted",
    }


def _world(scenario: Scenario, secrets: dict[str, str], sha: str, stack: ExitStack) -> dict[str, str]:
    """Starts the emulators that the scenario has; returns the repository's variables, theirs among them."""
    variables = {"IN_12_HOURS": f"{datetime.now(UTC) + timedelta(hours=12):%Y-%m-%dT%H:%MZ}", **scenario.vars}
    variables["GITHUB_API"] = stack.enter_context(github(scenario.github, secrets, sha))
    secrets["GITHUB_TOKEN"] = JOB_TOKEN
    if scenario.jira:
        variables["JIRA_URL"] = stack.enter_context(jira(scenario.jira, secrets.get(TOKEN, EXPIRED)))
    return variables


def _service(scenario: Scenario, host: Production | None, stack: ExitStack) -> dict[str, str]:
    """Variables of the sample product's service, with what watches it: both are started here."""
    variables = {"PRODUCTION_URL": host.url} if host else {}
    if scenario.prometheus:
        variables["PROMETHEUS_URL"] = stack.enter_context(prometheus(scenario.prometheus, host))
    if scenario.instances and host:
        variables["INSTANCES"] = stack.enter_context(instances(scenario.instances, host))
    return variables
