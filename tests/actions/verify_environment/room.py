"""A repository that is protected as its policy says, of which each test changes what it is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes import FakeClock, FakeFiles, FakeMasks
from tests.rehearsal.clients import rsa_key

from deploy_actions.actions.verify_environment import run
from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs, VerifyEnvironmentOutputs
from deploy_actions.core.verdict import Report
from deploy_actions.rehearsal.emulators.github import App, Commit, GitHub, GitHubEmulator, Protection, Repository, Token
from deploy_actions.services.http import HttpServers

NOW = datetime.now(UTC).replace(microsecond=0)  # which the emulator goes by
POLICY_FILE, WORKFLOW_FILE = ".github/deploy-environment.yml", ".github/workflows/deploy.yml"
TOKEN = "job-token-made-up"
READS = {"actions": "read", "contents": "read"}

POLICY = """
environments:
  production:
    reviewers: { at-least: 2, among: [ada, grace, acme/release-managers] }
    prevent-self-review: true
    wait-timer: { at-least: 0m, at-most: 30m }
    branches: ["release/*", main, main]
    tags: ["v*"]
    custom-rules: [change-gate]
    administrators-may-bypass: false
    secrets: { only-in-environment: [deploy_token], max-age: 90d }
    workflow: .github/workflows/deploy.yml
    concurrency: production-deploy
"""

WORKFLOW = """
name: deploy
on: { push: { branches: [main] } }
jobs:
  test: { runs-on: ubuntu-latest }
  deploy:
    environment: production
    concurrency: { group: production-deploy, cancel-in-progress: false, queue: max }
"""


def protection(**more: Any) -> Protection:
    settings: dict[str, Any] = {
        "reviewers": ["Ada"],
        "reviewer_teams": ["release-managers"],
        "prevent_self_review": True,
        "wait_timer": 30,
        "branches": ["main", "release/*"],
        "tags": ["v*"],
        "custom_rules": ["change-gate"],
        "can_admins_bypass": False,
    }
    return Protection(**{**settings, **more})


def repository(guarded: Protection | None = None, **more: Any) -> Repository:
    settings: dict[str, Any] = {
        "environments": {"production": {"DEPLOY_TOKEN": NOW - timedelta(days=10)}},
        "protections": {"production": guarded or protection()},
        "commits": [Commit("a" * 40, "one", parents=[])],
        "visibility": "public",
    }
    return Repository(**{**settings, **more})


def world(home: Repository | None = None, permissions: Mapping[str, str] = READS, **more: Any) -> GitHub:
    app = App(
        public_key=rsa_key("app").public,
        installation_id=42,
        permissions={"secrets": "write", "environments": "read", "contents": "write"},
        repositories=["acme/orders"],
    )
    return GitHub(
        tokens={TOKEN: Token("installation", dict(permissions))},
        apps={"7": app},
        repositories={"acme/orders": home or repository()},
        **more,
    )


def files(policy: str | None = POLICY, workflow: str | None = WORKFLOW) -> FakeFiles:
    contents = {POLICY_FILE: policy, WORKFLOW_FILE: workflow}
    return FakeFiles(
        absent=tuple(path for path, text in contents.items() if text is None),
        contents={path: text.encode() for path, text in contents.items() if text is not None},
    )


def inputs(url: str = "https://api.github.example", **texts: str) -> VerifyEnvironmentInputs:
    given = {
        **{"repository": "acme/orders", "ref": "refs/heads/main", "api-url": url, "github-token": TOKEN},
        **{"workflow-ref": f"acme/orders/{WORKFLOW_FILE}@refs/heads/main", "timeout": "0s"},
        **{"app-id": "7", "app-private-key": rsa_key("app").private},
        **{name.replace("_", "-"): text for name, text in texts.items()},
    }
    return VerifyEnvironmentInputs.from_texts(given)


def verify(github: GitHub, checkout: FakeFiles | None = None, masks: FakeMasks | None = None, **texts: str) -> Report:
    with GitHubEmulator(github) as emulator:
        given = inputs(emulator.url, **texts)
        return run(given, checkout or files(), HttpServers(5), FakeClock(NOW), masks or FakeMasks())


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def outputs(report: Report) -> VerifyEnvironmentOutputs:
    assert isinstance(report.outputs, VerifyEnvironmentOutputs)
    return report.outputs


def states(report: Report) -> dict[str | None, str | None]:
    """The state of each rule in the table."""
    return {row.rule: row.state for row in outputs(report).drift or ()}


def without(policy: str, *rules: str) -> str:
    """The policy without some rules, a line each."""
    return "\n".join(line for line in policy.splitlines() if line.strip().partition(":")[0] not in rules)


def changed(policy: str, **rules: str) -> str:
    """The policy with some rules written anew, or besides."""
    names = {name.replace("_", "-"): value for name, value in rules.items()}
    lines: Sequence[str] = without(policy, *names).rstrip().splitlines()
    return "\n".join([*lines, *(f"    {name}: {value}" for name, value in names.items())]) + "\n"
