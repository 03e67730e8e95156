"""Deployments and their statuses in GitHub's shape."""

from deploy_actions.rehearsal.emulators.github_deployments_state import Deployment, Status
from deploy_actions.rehearsal.emulators.github_gate import Json, moment
from deploy_actions.rehearsal.emulators.github_shapes import HTML, account, number
from deploy_actions.rehearsal.emulators.routes import Request


def deployment_shape(request: Request, full_name: str, key: int, deployment: Deployment) -> Json:
    """A deployment; `key` is its id."""
    url = _url(request, full_name, key)
    return {
        "url": url,
        "id": key,
        "node_id": f"DE_{key}",
        "task": deployment.task,
        "original_environment": deployment.environment,
        "environment": deployment.environment,
        "description": deployment.description,
        "created_at": moment(deployment.created_at),
        "updated_at": moment(deployment.updated_at()),
        "statuses_url": f"{url}/statuses",
        "repository_url": f"{request.server}/repos/{full_name}",
        "creator": account(request, "github-actions[bot]", "Bot"),
        "sha": deployment.sha,
        "ref": deployment.ref,
        "payload": {},
        "transient_environment": deployment.transient,
        "production_environment": deployment.production,
        "performed_via_github_app": None,
    }


def status_shapes(request: Request, full_name: str, key: int, deployment: Deployment) -> list[Json]:
    """The statuses of a deployment, oldest first."""
    about = {
        "creator": account(request, "github-actions[bot]", "Bot"),
        "environment": deployment.environment,
        "environment_url": "",
        "deployment_url": _url(request, full_name, key),
        "repository_url": f"{request.server}/repos/{full_name}",
        "performed_via_github_app": None,
    }
    run = _run_url(full_name, key, deployment)
    return [
        {**about, **_status(_url(request, full_name, key), place, status, run)}
        for place, status in enumerate(deployment.statuses(), 1)
    ]


def _status(deployment: str, place: int, status: Status, run: str) -> Json:
    url, link = f"{deployment}/statuses", run if status.log_url is None else status.log_url
    times = dict.fromkeys(("created_at", "updated_at"), moment(status.at) if status.at else None)
    return {
        "url": f"{url}/{number(f'{deployment} {place}')}",
        "id": number(f"{deployment} {place}"),
        "node_id": f"DES_{number(f'{deployment} {place}')}",
        "state": status.state,
        "description": status.description,
        "target_url": link,
        "log_url": link,
        **times,
    }


def _run_url(full_name: str, key: int, deployment: Deployment) -> str:
    job = "" if deployment.job is None else f"/job/{deployment.job}"
    return f"{HTML}/{full_name}/actions/runs/{key if deployment.run is None else deployment.run}{job}"


def _url(request: Request, full_name: str, key: int) -> str:
    return f"{request.server}/repos/{full_name}/deployments/{key}"
