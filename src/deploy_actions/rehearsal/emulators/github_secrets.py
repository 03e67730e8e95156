"""GitHub's routes for the names of secrets, and for the environments that hold them."""

from http import HTTPStatus
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_gate import Json, moment, not_found, page, permitted
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, number
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository, Secrets, find
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_REPOSITORY = "/repos/{owner}/{repo}"
_ENVIRONMENT = f"{_REPOSITORY}/environments/{{environment_name}}"


@ROUTES.route("GET", f"{_REPOSITORY}/actions/secrets")
def list_repository_secrets(github: GitHub, request: Request) -> Answer:
    """The repository's own secrets."""
    _, repository = permitted(github, request, "secrets")
    return page(request, "secrets", _listed(repository.secrets))


@ROUTES.route("GET", f"{_REPOSITORY}/actions/organization-secrets")
def list_organization_secrets(github: GitHub, request: Request) -> Answer:
    """The organization's secrets that the repository may use; here they have no `visibility`."""
    _, repository = permitted(github, request, "secrets")
    return page(request, "secrets", _listed(repository.organization_secrets))


@ROUTES.route("GET", f"{_ENVIRONMENT}/secrets")
def list_environment_secrets(github: GitHub, request: Request) -> Answer:
    """An environment's secrets."""
    _, repository = permitted(github, request, "environments")
    return page(request, "secrets", _listed(_environment(repository, request)[1]))


@ROUTES.route("GET", _ENVIRONMENT)
def get_environment(github: GitHub, request: Request) -> Answer:
    """An environment, which has no protection rules yet."""
    full_name, repository = permitted(github, request, "actions")
    name, _ = _environment(repository, request)
    body = {
        "id": number(f"{full_name} {name}"),
        "node_id": f"EN_{number(f'{full_name} {name}')}",
        "name": name,
        "url": f"{request.server}/repos/{full_name}/environments/{quote(name, safe='')}",
        "html_url": f"{HTML}/{full_name}/deployments/activity_log?environments_filter={quote(name, safe='')}",
        "created_at": CREATED,
        "updated_at": CREATED,
        "protection_rules": [],
        "deployment_branch_policy": None,
    }
    return Answer(HTTPStatus.OK, body)


def _listed(secrets: Secrets) -> list[Json]:
    """Sorted by name, as GitHub lists them; when they were created is not in the state."""
    return [
        {"name": name, "created_at": moment(written), "updated_at": moment(written)}
        for name, written in sorted(secrets.items())
    ]


def _environment(repository: Repository, request: Request) -> tuple[str, Secrets]:
    found = find(repository.environments, request.parameters["environment_name"])
    if found is None:
        raise not_found()
    return found
