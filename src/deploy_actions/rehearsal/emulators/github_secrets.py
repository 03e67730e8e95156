"""GitHub's routes for the names of secrets."""

from deploy_actions.rehearsal.emulators.github_environments import asked_environment
from deploy_actions.rehearsal.emulators.github_gate import Json, moment, page, permitted
from deploy_actions.rehearsal.emulators.github_state import GitHub, Secrets
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_REPOSITORY = "/repos/{owner}/{repo}"


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


@ROUTES.route("GET", f"{_REPOSITORY}/environments/{{environment_name}}/secrets")
def list_environment_secrets(github: GitHub, request: Request) -> Answer:
    """An environment's secrets."""
    _, repository = permitted(github, request, "environments")
    name = asked_environment(repository, request)
    return page(request, "secrets", _listed(repository.environments.get(name, {})))


def _listed(secrets: Secrets) -> list[Json]:
    """Sorted by name, as GitHub lists them; when they were created is not in the state."""
    return [
        {"name": name, "created_at": moment(written), "updated_at": moment(written)}
        for name, written in sorted(secrets.items())
    ]
