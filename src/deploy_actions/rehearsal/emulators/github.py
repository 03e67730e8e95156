"""GitHub's REST API on loopback: the part that deploys use, with the state behind it.

    with GitHubEmulator(GitHub(tokens={…}, repositories={"acme/orders": Repository(…)})) as github:
        … github.url … github.state.down = True … github.received …

GitHub Enterprise Server has it below a path: `GitHubEmulator(state, base_path="/api/v3")`.
Answers have the shape of https://docs.github.com/rest; the tests hold them against GitHub's own description.
"""

import re
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec

from deploy_actions.rehearsal.emulators import (
    github_accounts,
    github_apps,
    github_branches,
    github_commits,
    github_concurrency,
    github_deployments,
    github_environments,
    github_owners,
    github_pulls,
    github_runner_groups,
    github_runners,
    github_runs,
    github_secrets,
    github_variables,
)
from deploy_actions.rehearsal.emulators.github_deployments_state import Deployment, Status
from deploy_actions.rehearsal.emulators.github_environments_state import Protection
from deploy_actions.rehearsal.emulators.github_etags import conditional
from deploy_actions.rehearsal.emulators.github_faults import UNAVAILABLE, check_faults
from deploy_actions.rehearsal.emulators.github_gate import bearer, not_found
from deploy_actions.rehearsal.emulators.github_history import Commit, Pull
from deploy_actions.rehearsal.emulators.github_runners_state import (
    Deprecation,
    Enterprise,
    Organization,
    Runner,
    RunnerGroup,
)
from deploy_actions.rehearsal.emulators.github_runs_state import Approval, Job, Member, Run, Step
from deploy_actions.rehearsal.emulators.github_state import App, Fault, GitHub, Repository, Token, Variable
from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

__all__ = [
    "App",
    "Approval",
    "Commit",
    "Deployment",
    "Deprecation",
    "Enterprise",
    "Fault",
    "GitHub",
    "GitHubEmulator",
    "Job",
    "Member",
    "Organization",
    "Protection",
    "Pull",
    "Repository",
    "Run",
    "Runner",
    "RunnerGroup",
    "Status",
    "Step",
    "Token",
    "Variable",
]


_BESIDE = "/beside"
"""In front of a path that is not below the API's own, so that no route takes it."""


class GitHubEmulator(Emulator[GitHub]):
    """GitHub's API at `url`, which takes the place of https://api.github.com.

    `base_path` is the path of the API, without a slash at its end. Raises ValueError for what is none.
    """

    routes = Routes(
        *github_accounts.ROUTES,
        *github_owners.ROUTES,
        *github_apps.ROUTES,
        *github_secrets.ROUTES,
        *github_variables.ROUTES,
        *github_deployments.ROUTES,
        *github_commits.ROUTES,
        *github_branches.ROUTES,
        *github_pulls.ROUTES,
        *github_environments.ROUTES,
        *github_runs.ROUTES,
        *github_concurrency.ROUTES,
        *github_runners.ROUTES,
        *github_runner_groups.ROUTES,
    )

    def __init__(self, state: GitHub, base_path: str = "") -> None:
        if base_path and not re.fullmatch("(/[a-z0-9]+)+", base_path):
            raise ValueError(f"{base_path!r} is no path such as `/api/v3`")
        super().__init__(state)
        self.base_path = base_path

    @property
    def url(self) -> str:
        """The address that takes the place of https://api.github.com, with the path of the API."""
        return f"{super().url}{self.base_path}"

    def answer(self, request: Request) -> Answer:
        """The answer, remembered with the path below the API's own; there is nothing beside that."""
        below = request.target.removeprefix(self.base_path)
        if self.base_path and (below == request.target or not below.startswith("/")):
            below = f"{_BESIDE}{request.target}"
        server = f"{request.server}{self.base_path}"
        return super().answer(msgspec.structs.replace(request, target=below, server=server))

    def guard(self, request: Request, /) -> None:
        """Raises Refusal when GitHub is down, a rate limit is reached, or there is a fault at the path."""
        if self.state.down:
            raise Refusal(Answer(HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE))
        github_accounts.check_limits(self.state, request)
        check_faults(self.state, request)

    def missing(self, _request: Request, /) -> Answer:
        """404, as for everything else that is not there."""
        return not_found().answer

    def dressed(self, request: Request, answer: Answer, /) -> Answer:
        """The answer with ETag and rate limit, and what GitHub says of a personal token that is a token."""
        answer = conditional(request, answer)
        github_accounts.forget_unmodified(self.state, request, answer.status)
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
