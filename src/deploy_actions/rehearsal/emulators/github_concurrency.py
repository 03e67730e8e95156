"""GitHub's route for a concurrency group: which run holds it, and which wait."""

from http import HTTPStatus
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_gate import Json, not_found, permitted
from deploy_actions.rehearsal.emulators.github_runs_state import Member
from deploy_actions.rehearsal.emulators.github_shapes import HTML
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository, find
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()


@ROUTES.route("GET", "/repos/{owner}/{repo}/actions/concurrency_groups/{concurrency_group_name}")
def get_concurrency_group(github: GitHub, request: Request) -> Answer:
    """The group's members, whoever holds it first; 404 when it is idle, and on GHES, which has no such route."""
    full_name, repository = permitted(github, request, "actions")
    name, members = find(repository.concurrency_groups or {}, request.parameters["concurrency_group_name"]) or ("", [])
    if not members:
        raise not_found()
    body = {
        "group_name": name,
        "group_url": f"{request.server}/repos/{full_name}/actions/concurrency_groups/{quote(name, safe='')}",
        "total_count": len(members),
        "group_members": [_shape(request, full_name, repository, member) for member in members],
    }
    return Answer(HTTPStatus.OK, body)


def _shape(request: Request, full_name: str, repository: Repository, member: Member) -> Json:
    runs = f"/repos/{full_name}/actions/runs"
    titles = {run.id: run.title for run in repository.runs}
    shape: Json = {
        "run_id": member.run,
        "run_name": titles.get(member.run, "Deploy"),
        "run_url": f"{request.server}{runs}/{member.run}",
        "run_html_url": f"{HTML}/{full_name}/actions/runs/{member.run}",
        "status": member.status,
    }
    return shape if member.job is None else {**shape, **_job(request, full_name, repository, member)}


def _job(request: Request, full_name: str, repository: Repository, member: Member) -> Json:
    names = {job.id: job.name for run in repository.runs for job in run.jobs}
    return {
        "job_id": member.job,
        "job_name": names.get(member.job or 0, "deploy"),
        "job_url": f"{request.server}/repos/{full_name}/actions/jobs/{member.job}",
        "job_html_url": f"{HTML}/{full_name}/actions/runs/{member.run}/job/{member.job}",
    }
