"""The rehearsal for real: act, the reusable workflow, the actions, the launcher, a host on loopback."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "src/deploy_actions/rehearsal/scenarios"
SLOW = """
title: A deploy that takes its time and ignores signals
secrets: {DEPLOY_TOKEN: {}}
with: {deploy-command: '["sh", "-c", "trap : INT TERM; touch $STARTED; sleep 60 & sleep 60; sleep 60"]'}
expect: {jobs: {deploy: success}, actions: {}}
"""
CALLER = """
on: push
jobs:
  ship:
    uses: acme/deploy-actions/.github/workflows/production-deploy.yml@0123456789012345678901234567890123456789
    secrets: inherit
    with: {secrets: '["DEPLOY_TOKEN"]', deploy-command: '["false"]'}
"""


def rehearse(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(ROOT / "src"), "rehearse", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def left_behind() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("deploy-actions-rehearsal-*")}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    before = left_behind()
    done = rehearse("--all", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert left_behind() <= before
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_every_scenario_comes_out_as_it_says(document: dict[str, Any]) -> None:
    assert [s["name"] for s in document["scenarios"] if not s["as_expected"]] == []
    assert len(document["scenarios"]) >= 9


def test_every_scenario_says_of_each_action_that_ran_what_it_decided(document: dict[str, Any]) -> None:
    unsaid = {
        scenario["name"]: set(scenario["seen"]["actions"]) - set(scenario["expected"]["actions"])
        for scenario in document["scenarios"]
    }
    assert {name: actions for name, actions in unsaid.items() if actions} == {}


def test_no_scenario_shows_a_secret(document: dict[str, Any]) -> None:
    assert [s["seen"]["leaked"] for s in document["scenarios"]] == [[]] * len(document["scenarios"])


def test_production_changes_only_where_the_deploy_was_allowed(document: dict[str, Any]) -> None:
    names = {s["name"] for s in document["scenarios"]}
    changed = {s["name"] for s in document["scenarios"] if s["seen"]["live"] == "new"}
    of_jira = {"jira-valid-story", "jira-sub-task", "jira-not-found-at-first", "jira-bypass-allowed"}
    of_health = {name for name in names if name.startswith("health-")} - {"health-prometheus-down"}
    of_version = {f"version-{name}" for name in ("first-deploy", "deliberate-rollback", "interrupted-before")}
    of_version |= {
        "version-told-by-service",
        "version-not-told",
        "failed-hold-cleared",
        "freeze-overridden",
        "approved",
    }
    ill_and_not_taken_back = {"rollback-fails", "rollback-forbidden"}
    of_runner = {f"runner-{name}" for name in ("primary-idle", "failed-over", "primary-busy", "all-busy")}
    of_runner |= {
        f"runner-{name}" for name in ("heartbeat-old", "fleet-of-1200", "not-approved-by-name", "scale-set-idle")
    }
    of_runner |= {"runner-declared-secondary"}
    good = {"all-good", "optional-secret-absent", "aged-secret", "secret-outside-environment"}
    assert changed == good | of_jira | of_health | of_version | of_runner | ill_and_not_taken_back


def test_every_deploy_leaves_evidence(document: dict[str, Any]) -> None:
    outcomes = {s["name"]: s["seen"]["evidence"] for s in document["scenarios"] if s["seen"]["jobs"].get("deploy")}
    of_own_jobs = {path.stem for path in SCENARIOS.glob("*.yml") if "\njob:" in path.read_text()}
    assert {name for name, outcome in outcomes.items() if outcome is None} <= of_own_jobs


def test_every_end_of_a_health_check_is_rehearsed(document: dict[str, Any]) -> None:
    ends = {s["seen"]["actions"].get("health-check (health)", {}).get("reason-code") for s in document["scenarios"]}
    assert ends >= {"healthy", "degraded", "unhealthy", "flapping", "wrong-version", "worse-than-baseline"}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/ship.yml").write_text(CALLER)
    for name in ("deploy-runners.yml", "deploy-environment.yml"):
        shutil.copy(ROOT / "examples/product/.github" / name, tmp_path / ".github" / name)
    return tmp_path


def test_a_product_of_ones_own_is_rehearsed_without_its_deploy_command(product: Path) -> None:
    done = rehearse("--product", str(product), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [s["name"] for s in json.loads(done.stdout)["scenarios"]] == ["all-good", "missing-deploy-token"]


def test_a_scenario_that_does_not_come_out_fails_the_rehearsal_and_says_why(product: Path) -> None:
    (product / ".github/rehearsal").mkdir()
    wrong = "title: wrong\nsecrets: {DEPLOY_TOKEN: {}}\nexpect: {jobs: {deploy: success}, actions: {}}"
    (product / ".github/rehearsal/wrong.yml").write_text(wrong)
    done = rehearse("--product", str(product))
    assert done.returncode == 1
    assert "job deploy: expected success, saw failure" in done.stdout
    assert "exit code 1" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rehearsal_leaves_nothing_running_and_nothing_lying(
    product: Path, tmp_path: Path, number: signal.Signals
) -> None:
    marker = tmp_path / "started"
    (product / ".github/rehearsal").mkdir()
    (product / ".github/rehearsal/slow.yml").write_text(SLOW.replace("$STARTED", str(marker)))
    (product / ".github/rehearsal/slow-too.yml").write_text(SLOW.replace("$STARTED", str(tmp_path / "started-too")))
    before = left_behind()
    command = [sys.executable, "-I", str(ROOT / "src"), "rehearse", "--product", str(product)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not marker.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert marker.exists()
    [folder] = left_behind() - before
    os.kill(process.pid, number)
    assert process.wait(20) == 130
    assert left_behind() <= before
    assert [pid for pid in Path("/proc").glob("[0-9]*") if folder.encode() in environment_of(pid)] == []


def environment_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def test_two_rehearsals_at_once_do_not_meet() -> None:
    command = [sys.executable, "-I", str(ROOT / "src"), "rehearse", "--scenario", "all-good"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]


def test_an_unknown_scenario_is_refused_with_those_that_there_are() -> None:
    done = rehearse("--scenario", "nope")
    assert done.returncode == 2
    assert "There is no scenario nope. There are: " in done.stderr
    assert "all-good" in done.stderr


def test_the_list_names_every_scenario() -> None:
    done = rehearse("--list")
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names == sorted(file.stem for file in (ROOT / "src/deploy_actions/rehearsal/scenarios").glob("*.yml"))
