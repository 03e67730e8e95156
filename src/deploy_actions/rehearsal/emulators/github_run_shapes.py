"""Workflow runs, their jobs and their reviews in GitHub's shape."""

from datetime import datetime

from deploy_actions.rehearsal.emulators.github_environment_shapes import environment_shape
from deploy_actions.rehearsal.emulators.github_gate import Json, moment
from deploy_actions.rehearsal.emulators.github_runs_state import Approval, Job, Run, Step
from deploy_actions.rehearsal.emulators.github_shapes import HTML, account, number, repository_shape
from deploy_actions.rehearsal.emulators.github_state import Repository
from deploy_actions.rehearsal.emulators.routes import Request

_PARTS = {"jobs": "jobs", "logs": "logs", "cancel": "cancel", "rerun": "rerun", "artifacts": "artifacts"}
_PERSON = {"name": "someone", "email": "someone@example.com"}


def run_shape(request: Request, full_name: str, repository: Repository, run: Run) -> Json:
    """A `workflow-run`."""
    api, home = f"{request.server}/repos/{full_name}", repository_shape(request, full_name, repository)
    url, suite = f"{api}/actions/runs/{run.id}", number(f"suite {run.id}")
    return {
        "id": run.id,
        "node_id": f"WFR_{run.id}",
        "name": run.title,
        "display_title": run.title,
        "path": run.path,
        "head_branch": run.branch,
        "head_sha": run.head_sha,
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "workflow_id": run.workflow_id,
        "check_suite_id": suite,
        "check_suite_node_id": f"CS_{suite}",
        "url": url,
        "html_url": f"{HTML}/{full_name}/actions/runs/{run.id}",
        **dict.fromkeys(("created_at", "updated_at", "run_started_at"), moment(run.created_at)),
        "actor": account(request, run.actor, "User"),
        "triggering_actor": account(request, run.triggering_actor or run.actor, "User"),
        **{f"{name}_url": f"{url}/{part}" for name, part in _PARTS.items()},
        "check_suite_url": f"{api}/check-suites/{suite}",
        "workflow_url": f"{api}/actions/workflows/{run.workflow_id}",
        "previous_attempt_url": f"{url}/attempts/{run.attempt - 1}" if run.attempt > 1 else None,
        "pull_requests": [],
        "referenced_workflows": [],
        "head_commit": _commit(run),
        "repository": home,
        "head_repository": home,
        "head_repository_id": home["id"],
    }


def job_shape(request: Request, full_name: str, run: Run, job: Job) -> Json:
    """A `job` of a run."""
    api = f"{request.server}/repos/{full_name}"
    return {
        "id": job.id,
        "node_id": f"CR_{job.id}",
        "run_id": run.id,
        "run_attempt": job.attempt,
        "run_url": f"{api}/actions/runs/{run.id}",
        "head_sha": run.head_sha,
        "head_branch": run.branch,
        "workflow_name": run.title,
        "name": job.name,
        "url": f"{api}/actions/jobs/{job.id}",
        "html_url": f"{HTML}/{full_name}/actions/runs/{run.id}/job/{job.id}",
        "check_run_url": f"{api}/check-runs/{job.id}",
        "status": job.status,
        "conclusion": job.conclusion,
        "created_at": moment(job.created_at),
        "started_at": moment(job.started_at or job.created_at),
        "completed_at": _time(job.completed_at),
        "labels": job.labels,
        "runner_id": None if job.runner is None else number(job.runner),
        "runner_name": job.runner,
        "runner_group_id": None if job.runner_group is None else number(job.runner_group),
        "runner_group_name": job.runner_group,
        "steps": [_step(place, step) for place, step in enumerate(job.steps, 1)],
    }


def approval_shape(request: Request, full_name: str, approval: Approval) -> Json:
    """An `environment-approvals`: one review, of one environment or more."""
    return {
        "state": approval.state,
        "comment": approval.comment,
        "user": account(request, approval.user, "User"),
        "environments": [environment_shape(request, full_name, name) for name in approval.environments],
    }


def _step(place: int, step: Step) -> Json:
    return {
        "name": step.name,
        "number": place,
        "status": step.status,
        "conclusion": step.conclusion,
        "started_at": _time(step.started_at),
        "completed_at": _time(step.completed_at),
    }


def _commit(run: Run) -> Json:
    """The commit of a run as runs show it, which says less than the commit itself."""
    return {
        "id": run.head_sha,
        "tree_id": run.head_sha[::-1],
        "message": run.title,
        "timestamp": moment(run.created_at),
        "author": _PERSON,
        "committer": _PERSON,
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else moment(time)
