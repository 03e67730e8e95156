"""GitHub's REST API on loopback: the part that deploys use, with the state behind it.

    with GitHubEmulator(GitHub(tokens={…}, repositories={"acme/orders": Repository(…)})) as github:
        … github.url … github.state.down = True … github.received …

Answers have the shape of https://docs.github.com/rest; the tests hold them against GitHub's own description.
"""

from datetime import UTC, datetime
from http import HTTPStatus

import msgspec

from deploy_actions.rehearsal.emulators import (
    github_accounts,
    github_apps,
    github_commits,
    github_concurrency,
    github_deployments,
    github_environments,
    github_pulls,
    github_runs,
    github_secrets,
)
from deploy_actions.rehearsal.emulators.github_deployments_state import Deployment, Status
from deploy_actions.rehearsal.emulators.github_gate import DOCUMENTATION, bearer, not_found
from deploy_actions.rehearsal.emulators.github_history import Commit, Pull
from deploy_actions.rehearsal.emulators.github_runs_state import Approval, Job, Member, Protection, Run, Step
from deploy_actions.rehearsal.emulators.github_state import App, GitHub, Repository, Token
from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

__all__ = [
    "App",
    "Approval",
    "Commit",
    "Deployment",
    "GitHub",
    "GitHubEmulator",
    "Job",
    "Member",
    "Protection",
    "Pull",
    "Repository",
    "Run",
    "Status",
    "Step",
    "Token",
]


class GitHubEmulator(Emulator[GitHub]):
    """GitHub's API at `url`, which takes the place of https://api.github.com."""

    routes = Routes(
        *github_accounts.ROUTES,
        *github_apps.ROUTES,
        *github_secrets.ROUTES,
        *github_deployments.ROUTES,
        *github_commits.ROUTES,
        *github_pulls.ROUTES,
        *github_environments.ROUTES,
        *github_runs.ROUTES,
        *github_concurrency.ROUTES,
    )

    def guard(self, request: Request, /) -> None:
        """Raises Refusal when GitHub is down or a rate limit is reached."""
        if self.state.down:
            body = {"code": "unavailable", "message": "Service unavailable", "documentation_url": DOCUMENTATION}
            raise Refusal(Answer(HTTPStatus.SERVICE_UNAVAILABLE, body))
        github_accounts.check_limits(self.state, request)

    def missing(self, _request: Request, /) -> Answer:
        """404, as for everything else that is not there."""
        return not_found().answer

    def dressed(self, request: Request, answer: Answer, /) -> Answer:
        """The answer with the rate limit, and what GitHub says of a personal token that is a token."""
        limit = github_accounts.limit_of(self.state, request)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Media-Type": "github.v3; format=json",
            **{f"X-RateLimit-{name.title()}": str(value) for name, value in limit.items()},
            "X-RateLimit-Resource": "core",
        }
        token = self.state.token(bearer(request), datetime.now(UTC))
        if token and token.kind == "personal" and token.expires:
            ends = token.expires.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            headers["GitHub-Authentication-Token-Expiration"] = ends
        if token and token.scopes:
            headers["X-OAuth-Scopes"] = ", ".join(token.scopes)
        return msgspec.structs.replace(answer, headers={**headers, **answer.headers})
