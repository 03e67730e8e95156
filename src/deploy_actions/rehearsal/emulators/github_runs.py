"""GitHub's routes for workflow runs, their jobs, and who approved them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from operator import eq, ge, gt, le, lt

from deploy_actions.rehearsal.emulators.github_environment_shapes import pending_shape
from deploy_actions.rehearsal.emulators.github_environments_state import Protection
from deploy_actions.rehearsal.emulators.github_gate import authenticated, moment, not_found, page, permitted, refusal
from deploy_actions.rehearsal.emulators.github_run_shapes import approval_shape, job_shape, run_shape
from deploy_actions.rehearsal.emulators.github_runs_state import Run
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_ACTIONS = "/repos/{owner}/{repo}/actions"
_COMPARISONS: Mapping[str, Callable[[datetime, datetime], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt, "": eq}


@ROUTES.route("GET", f"{_ACTIONS}/runs")
def list_runs(github: GitHub, request: Request) -> Answer:
    """The runs that the query asks for, newest first."""
    full_name, repository = permitted(github, request, "actions")
    newest_first = sorted(repository.runs, key=lambda run: (run.created_at, run.id), reverse=True)
    wanted = [run for run in newest_first if _is_wanted(run, request.query)]
    return page(request, "workflow_runs", [run_shape(request, full_name, repository, run) for run in wanted])


@ROUTES.route("GET", f"{_ACTIONS}/runs/{{run_id}}")
def get_run(github: GitHub, request: Request) -> Answer:
    """A run."""
    full_name, repository = permitted(github, request, "actions")
    return Answer(HTTPStatus.OK, run_shape(request, full_name, repository, _asked(repository, request)))


@ROUTES.route("GET", f"{_ACTIONS}/runs/{{run_id}}/approvals")
def list_approvals(github: GitHub, request: Request) -> Answer:
    """The reviews of a run, all on one page."""
    full_name, repository = permitted(github, request, "actions")
    approvals = _asked(repository, request).approvals
    return Answer(HTTPStatus.OK, [approval_shape(request, full_name, one) for one in approvals])


@ROUTES.route("GET", f"{_ACTIONS}/runs/{{run_id}}/pending_deployments")
def list_pending_deployments(github: GitHub, request: Request) -> Answer:
    """The environments that a run waits for, all on one page."""
    full_name, repository = permitted(github, request, "actions")
    run, asker = _asked(repository, request), authenticated(github, request).login
    waits = [(name, repository.protections.get(name, Protection())) for name in run.pending_deployments]
    shapes = [
        {
            **pending_shape(request, full_name, name, protection),
            "wait_timer_started_at": moment(run.created_at) if protection.wait_timer else None,
            "current_user_can_approve": asker in protection.reviewers,
        }
        for name, protection in waits
    ]
    return Answer(HTTPStatus.OK, shapes)


@ROUTES.route("GET", f"{_ACTIONS}/runs/{{run_id}}/attempts/{{attempt_number}}/jobs")
def list_jobs(github: GitHub, request: Request) -> Answer:
    """The jobs of one attempt of a run."""
    full_name, repository = permitted(github, request, "actions")
    run, attempt = _asked(repository, request), request.parameters["attempt_number"]
    if attempt not in map(str, range(1, run.attempt + 1)):
        raise not_found()
    jobs = [job for job in run.jobs if str(job.attempt) == attempt]
    return page(request, "jobs", [job_shape(request, full_name, run, job) for job in jobs])


@ROUTES.route("GET", f"{_ACTIONS}/jobs/{{job_id}}")
def get_job(github: GitHub, request: Request) -> Answer:
    """A job."""
    full_name, repository = permitted(github, request, "actions")
    key = request.parameters["job_id"]
    found = next(((run, job) for run in repository.runs for job in run.jobs if str(job.id) == key), None)
    if found is None:
        raise not_found()
    return Answer(HTTPStatus.OK, job_shape(request, full_name, *found))


def _asked(repository: Repository, request: Request) -> Run:
    found = next((run for run in repository.runs if str(run.id) == request.parameters["run_id"]), None)
    if found is None:
        raise not_found()
    return found


def _is_wanted(run: Run, query: Mapping[str, str]) -> bool:
    """Whether a run is what the query asks for; `status` asks for a conclusion too."""
    values = {"actor": run.actor, "branch": run.branch, "event": run.event, "head_sha": run.head_sha}
    is_as_named = all(value == query[name] for name, value in values.items() if query.get(name))
    is_in_state = not query.get("status") or query["status"] in (run.status, run.conclusion)
    return is_as_named and is_in_state and _is_created(run, query.get("created", ""))


def _is_created(run: Run, when: str) -> bool:
    """Whether it was created as the search says: a moment after `>=`, `>`, `<=`, `<` or nothing; any, if it is none."""
    found = re.fullmatch(r"(>=|>|<=|<|)(\d{4}-\d\d-\d\d(?:T\S+)?)", when)
    if not found:
        return True
    try:
        asked = datetime.fromisoformat(found[2])
    except ValueError:
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "Validation Failed") from None
    return _COMPARISONS[found[1]](run.created_at.replace(microsecond=0), asked.replace(tzinfo=asked.tzinfo or UTC))
