"""Prints how long jira-gate takes over 300 commits and 120 keys, each request answered after 20 ms."""

import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from deploy_actions.rehearsal.emulators.github import (  # noqa: E402  # after the path is known
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Repository,
    Token,
)
from deploy_actions.rehearsal.emulators.jira import Issue, Jira, JiraEmulator, User  # noqa: E402
from deploy_actions.rehearsal.emulators.routes import Request  # noqa: E402

ROUNDS = 10
COMMITS, STORIES, EPICS = 300, 110, 10
LATENCY_SECONDS = 0.02
TOKEN = "token-of-a-benchmark"  # noqa: S105  # the emulators alone know it


class SlowGitHub(GitHubEmulator):
    """GitHub, each answer after the latency."""

    def guard(self, request: Request, /) -> None:
        """Waits first."""
        time.sleep(LATENCY_SECONDS)
        super().guard(request)


class SlowJira(JiraEmulator):
    """Jira, each answer after the latency."""

    def guard(self, request: Request, /) -> None:
        """Waits first."""
        time.sleep(LATENCY_SECONDS)
        super().guard(request)


def main() -> None:
    """Prints the figure with the bound that it must keep."""
    commits = [Commit(f"{0:040x}", "The version before")]
    commits += [Commit(f"{n + 1:040x}", f"PAY-{EPICS + 1 + n % STORIES}: change {n}") for n in range(COMMITS)]
    with SlowGitHub(_github(commits)) as github, SlowJira(_jira()) as jira:
        environment = _environment(github.url, jira.url, commits[-1].sha)
        seconds = []
        for _ in range(ROUNDS):
            asked = len(github.received) + len(jira.received)
            started = time.perf_counter()
            command = [str(ROOT / "bin" / "deploy-actions"), "jira-gate"]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - started)
        requests = len(github.received) + len(jira.received) - asked
    print(f"{statistics.median(seconds):8.2f} s   jira-gate, {COMMITS} commits, {STORIES + EPICS} issues (at most 2 s)")
    print(f"{requests:8d}     requests, each answered after {LATENCY_SECONDS * 1000:.0f} ms")


def _github(commits: list[Commit]) -> GitHub:
    permissions = {"contents": "read", "deployments": "read", "pull_requests": "read"}
    live = [Deployment(commits[0].sha, datetime.now(UTC), states=["success"])]
    repository = Repository(commits=commits, deployments=live)
    return GitHub(
        tokens={TOKEN: Token(kind="installation", permissions=permissions)}, repositories={"acme/orders": repository}
    )


def _jira() -> Jira:
    epics = {f"PAY-{n + 1}": Issue("An epic", "Epic", level=1) for n in range(EPICS)}
    stories = {f"PAY-{EPICS + 1 + n}": Issue("A story", parent=f"PAY-{n % EPICS + 1}") for n in range(STORIES)}
    return Jira(
        users={f"deploys@acme.example:{TOKEN}": User("Deploys", "deploys@acme.example")}, issues=epics | stories
    )


def _environment(github: str, jira: str, sha: str) -> dict[str, str]:
    inputs = {
        "JIRA_URL": jira,
        "JIRA_USER": "deploys@acme.example",
        "JIRA_TOKEN": TOKEN,
        "PROJECTS": "PAY",
        "SHA": sha,
        "REPOSITORY": "acme/orders",
        "API_URL": github,
        "GITHUB_TOKEN": TOKEN,
    }
    given = {f"INPUT_{name}": value for name, value in inputs.items()}
    return {**os.environ, "GITHUB_ACTIONS": "true", **given}


if __name__ == "__main__":
    main()
