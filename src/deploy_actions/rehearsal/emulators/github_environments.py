"""GitHub's route for an environment and how it is protected."""

from http import HTTPStatus
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_gate import Json, not_found, permitted
from deploy_actions.rehearsal.emulators.github_runs_state import Protection
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, account, number
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository, find
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()


@ROUTES.route("GET", "/repos/{owner}/{repo}/environments/{environment_name}")
def get_environment(github: GitHub, request: Request) -> Answer:
    """An environment, with a rule for each way in which it is protected."""
    full_name, repository = permitted(github, request, "actions")
    name = asked_environment(repository, request)
    protection = repository.protections.get(name, Protection())
    policy = {"protected_branches": True, "custom_branch_policies": False} if protection.protected_branches else None
    body = {
        **environment_shape(request, full_name, name),
        "protection_rules": _rules(request, f"{full_name} {name}", protection),
        "deployment_branch_policy": policy,
    }
    return Answer(HTTPStatus.OK, body)


def asked_environment(repository: Repository, request: Request) -> str:
    """The name of the environment in a request's path. Raises Refusal with 404 for one that is not there."""
    names = dict.fromkeys([*repository.environments, *repository.protections])
    found = find(names, request.parameters["environment_name"])
    if found is None:
        raise not_found()
    return found[0]


def environment_shape(request: Request, full_name: str, name: str) -> Json:
    """An environment, as it also stands in the reviews of a run."""
    quoted = quote(name, safe="")
    return {
        "id": number(f"{full_name} {name}"),
        "node_id": f"EN_{number(f'{full_name} {name}')}",
        "name": name,
        "url": f"{request.server}/repos/{full_name}/environments/{quoted}",
        "html_url": f"{HTML}/{full_name}/deployments/activity_log?environments_filter={quoted}",
        "created_at": CREATED,
        "updated_at": CREATED,
    }


def _rules(request: Request, what: str, protection: Protection) -> list[Json]:
    """The rules in the order in which GitHub lists them; none for what is not asked for."""
    reviewers = [{"type": "User", "reviewer": account(request, login, "User")} for login in protection.reviewers]
    rules: dict[str, Json | None] = {
        "wait_timer": {"wait_timer": protection.wait_timer} if protection.wait_timer else None,
        "required_reviewers": {"prevent_self_review": protection.prevent_self_review, "reviewers": reviewers}
        if reviewers
        else None,
        "branch_policy": {} if protection.protected_branches else None,
    }
    return [
        {"id": number(f"{what} {kind}"), "node_id": f"GA_{number(f'{what} {kind}')}", "type": kind, **rule}
        for kind, rule in rules.items()
        if rule is not None
    ]
