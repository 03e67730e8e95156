"""GitHub's route for a branch: where it is, and whether it is protected."""

from http import HTTPStatus
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_gate import not_found, permitted
from deploy_actions.rehearsal.emulators.github_history import DEFAULT_BRANCH
from deploy_actions.rehearsal.emulators.github_shapes import HTML
from deploy_actions.rehearsal.emulators.github_state import GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_NO_CHECKS = {"enforcement_level": "off", "contexts": [], "checks": []}


@ROUTES.route("GET", "/repos/{owner}/{repo}/branches/{branch}")
def get_branch(github: GitHub, request: Request) -> Answer:
    """The default branch: there is no other in the state. Of its commit the part that says which it is."""
    full_name, repository = permitted(github, request, "contents")
    name, newest = request.parameters["branch"], repository.history().find(DEFAULT_BRANCH)
    if name != DEFAULT_BRANCH or newest is None:
        raise not_found()
    url, is_protected = f"{request.server}/repos/{full_name}/branches/{name}", repository.is_default_branch_protected
    body = {
        "name": name,
        "commit": {"sha": newest.sha, "url": f"{request.server}/repos/{full_name}/commits/{newest.sha}"},
        "_links": {"self": url, "html": f"{HTML}/{full_name}/tree/{quote(name)}"},
        "protected": is_protected,
        "protection": {"enabled": is_protected, "required_status_checks": _NO_CHECKS},
        "protection_url": f"{url}/protection",
    }
    return Answer(HTTPStatus.OK, body)
