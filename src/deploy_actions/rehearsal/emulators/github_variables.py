"""GitHub's route for a variable of a repository."""

from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_gate import moment, not_found, permitted
from deploy_actions.rehearsal.emulators.github_state import GitHub, find
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()


@ROUTES.route("GET", "/repos/{owner}/{repo}/actions/variables/{name}")
def get_repository_variable(github: GitHub, request: Request) -> Answer:
    """A variable of the repository, not one of an environment or the organization; names know no upper or lower case.

    The permission, which GitHub's interface calls "Variables", is `actions_variables` in its headers and its API; its
    description lacks it: https://github.com/github/rest-api-description/issues/5437.
    """
    _, repository = permitted(github, request, "actions_variables")
    found = find(repository.variables, request.parameters["name"])
    if found is None:
        raise not_found()
    name, variable = found
    times = dict.fromkeys(("created_at", "updated_at"), moment(variable.updated_at))
    return Answer(HTTPStatus.OK, {"name": name.upper(), "value": variable.value, **times})
