"""GitHub's routes for deployments and what became of them; ids are places in the state's list, from 1."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal, TypeVar

import msgspec

from deploy_actions.rehearsal.emulators.github_deployment_shapes import deployment_shape, status_shapes
from deploy_actions.rehearsal.emulators.github_deployments_state import Deployment, Status, retire
from deploy_actions.rehearsal.emulators.github_gate import listed, not_found, permitted, refusal
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_DEPLOYMENTS = "/repos/{owner}/{repo}/deployments"
_FILTERS = ("environment", "sha", "ref", "task")
_PRODUCTION = "production"
Form = TypeVar("Form")
Description = Annotated[str, msgspec.Meta(max_length=140)]


class NewDeployment(msgspec.Struct):
    """What the body of a request for a deployment may say; checks of commits are not in the state."""

    ref: str
    task: str = "deploy"
    environment: str = _PRODUCTION
    description: str | None = ""
    transient_environment: bool = False
    production_environment: bool | None = None
    auto_merge: bool = True
    required_contexts: list[str] | None = None


class NewStatus(msgspec.Struct):
    """What the body of a request for a status may say."""

    state: Literal["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]
    description: Description = ""
    log_url: str = ""
    target_url: str = ""
    environment: str | None = None
    auto_inactive: bool = True


@ROUTES.route("GET", _DEPLOYMENTS)
def list_deployments(github: GitHub, request: Request) -> Answer:
    """The deployments that the query asks for, newest first."""
    full_name, repository = permitted(github, request, "deployments")
    wanted = {name: request.query[name] for name in _FILTERS if request.query.get(name)}
    newest_first = sorted(
        enumerate(repository.deployments, 1), key=lambda numbered: (numbered[1].created_at, numbered[0]), reverse=True
    )
    shapes = [deployment_shape(request, full_name, key, one) for key, one in newest_first]
    return listed(request, [shape for shape in shapes if wanted.items() <= {n: shape[n] for n in _FILTERS}.items()])


@ROUTES.route("POST", _DEPLOYMENTS)
def create_deployment(github: GitHub, request: Request) -> Answer:
    """A new deployment, without a status yet. Whatever it asks for, nothing is merged and no check is looked at."""
    full_name, repository = permitted(github, request, "deployments", "write")
    new = _body(request, NewDeployment)
    commit = repository.history().find(new.ref)
    if commit is None:
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"No ref found for: {new.ref}")
    by_name = new.environment == _PRODUCTION
    deployment = Deployment(
        sha=commit.sha,
        created_at=_now(),
        environment=new.environment,
        ref=new.ref,
        task=new.task,
        description=new.description,
        transient=new.transient_environment,
        production=by_name if new.production_environment is None else new.production_environment,
    )
    repository.deployments.append(deployment)
    shape = deployment_shape(request, full_name, len(repository.deployments), deployment)
    return Answer(HTTPStatus.CREATED, shape)


@ROUTES.route("GET", f"{_DEPLOYMENTS}/{{deployment_id}}")
def get_deployment(github: GitHub, request: Request) -> Answer:
    """A deployment."""
    full_name, repository = permitted(github, request, "deployments")
    return Answer(HTTPStatus.OK, deployment_shape(request, full_name, *_asked(repository, request)))


@ROUTES.route("GET", f"{_DEPLOYMENTS}/{{deployment_id}}/statuses")
def list_deployment_statuses(github: GitHub, request: Request) -> Answer:
    """A deployment's statuses, newest first."""
    full_name, repository = permitted(github, request, "deployments")
    return listed(request, status_shapes(request, full_name, *_asked(repository, request))[::-1])


@ROUTES.route("POST", f"{_DEPLOYMENTS}/{{deployment_id}}/statuses")
def create_deployment_status(github: GitHub, request: Request) -> Answer:
    """A new status; a success makes others of the environment inactive, unless `auto_inactive` is false."""
    full_name, repository = permitted(github, request, "deployments", "write")
    key, deployment = _asked(repository, request)
    new = _body(request, NewStatus)
    deployment.environment = new.environment or deployment.environment
    deployment.states.append(Status(new.state, new.description, new.log_url or new.target_url, _now()))
    if new.state == "success" and new.auto_inactive:
        retire(repository.deployments, deployment, _now())
    return Answer(HTTPStatus.CREATED, status_shapes(request, full_name, key, deployment)[-1])


def _asked(repository: Repository, request: Request) -> tuple[int, Deployment]:
    by_id = {str(key): one for key, one in enumerate(repository.deployments, 1)}
    key = request.parameters["deployment_id"]
    if key not in by_id:
        raise not_found()
    return int(key), by_id[key]


def _body(request: Request, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(request.body or b"{}", type=form)
    except msgspec.ValidationError:
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "Validation Failed") from None
    except msgspec.DecodeError:
        raise refusal(HTTPStatus.BAD_REQUEST, "Problems parsing JSON") from None


def _now() -> datetime:
    return datetime.now(UTC)
