"""GitHub's routes for deployments and what became of them."""

from datetime import datetime, timedelta

from deploy_actions.rehearsal.emulators.github_gate import Json, listed, moment, not_found, permitted
from deploy_actions.rehearsal.emulators.github_history import Deployment
from deploy_actions.rehearsal.emulators.github_shapes import HTML, account, number
from deploy_actions.rehearsal.emulators.github_state import GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_DEPLOYMENTS = "/repos/{owner}/{repo}/deployments"
_TASK = "deploy"
_FILTERS = ("environment", "sha", "ref", "task")
_SECONDS_BETWEEN_STATUSES = 1


@ROUTES.route("GET", _DEPLOYMENTS)
def list_deployments(github: GitHub, request: Request) -> Answer:
    """The deployments that the query asks for, newest first."""
    full_name, repository = permitted(github, request, "deployments")
    wanted = {name: request.query[name] for name in _FILTERS if request.query.get(name)}
    newest_first = sorted(
        enumerate(repository.deployments, 1), key=lambda numbered: (numbered[1].created_at, numbered[0]), reverse=True
    )
    shapes = [_shape(request, full_name, key, one) for key, one in newest_first]
    return listed(request, [shape for shape in shapes if wanted.items() <= {n: shape[n] for n in _FILTERS}.items()])


@ROUTES.route("GET", f"{_DEPLOYMENTS}/{{deployment_id}}/statuses")
def list_deployment_statuses(github: GitHub, request: Request) -> Answer:
    """A deployment's statuses, newest first. Its id is its place in the state's list, from 1."""
    full_name, repository = permitted(github, request, "deployments")
    by_id = {str(key): one for key, one in enumerate(repository.deployments, 1)}
    key = request.parameters["deployment_id"]
    if key not in by_id:
        raise not_found()
    return listed(request, _statuses(request, full_name, int(key), by_id[key])[::-1])


def _shape(request: Request, full_name: str, key: int, deployment: Deployment) -> Json:
    url = _url(request, full_name, key)
    return {
        "url": url,
        "id": key,
        "node_id": f"DE_{key}",
        "task": _TASK,
        "original_environment": deployment.environment,
        "environment": deployment.environment,
        "description": None,
        "created_at": moment(deployment.created_at),
        "updated_at": moment(_written(deployment, len(deployment.states))),
        "statuses_url": f"{url}/statuses",
        "repository_url": f"{request.server}/repos/{full_name}",
        "creator": account(request, "github-actions[bot]", "Bot"),
        "sha": deployment.sha,
        "ref": deployment.ref,
        "payload": {},
        "transient_environment": False,
        "production_environment": False,
        "performed_via_github_app": None,
    }


def _statuses(request: Request, full_name: str, key: int, deployment: Deployment) -> list[Json]:
    url, run = _url(request, full_name, key), f"{HTML}/{full_name}/actions/runs/{key}"
    return [
        {
            "url": f"{url}/statuses/{number(f'{url} {position}')}",
            "id": number(f"{url} {position}"),
            "node_id": f"DES_{number(f'{url} {position}')}",
            "state": state,
            "creator": account(request, "github-actions[bot]", "Bot"),
            "description": "",
            "environment": deployment.environment,
            "target_url": run,
            "created_at": moment(_written(deployment, position)),
            "updated_at": moment(_written(deployment, position)),
            "deployment_url": url,
            "repository_url": f"{request.server}/repos/{full_name}",
            "environment_url": "",
            "log_url": run,
            "performed_via_github_app": None,
        }
        for position, state in enumerate(deployment.states, 1)
    ]


def _url(request: Request, full_name: str, key: int) -> str:
    return f"{request.server}/repos/{full_name}/deployments/{key}"


def _written(deployment: Deployment, position: int) -> datetime:
    """When the status at this position, from 1, was written, which the state says nothing of."""
    return deployment.created_at + timedelta(seconds=position * _SECONDS_BETWEEN_STATUSES)
