"""GitHub's routes for a repository itself and for the organization that it may belong to."""

from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_gate import Json, authenticated, seen
from deploy_actions.rehearsal.emulators.github_owner_gate import may_read, seen_organization
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, account, repository_shape
from deploy_actions.rehearsal.emulators.github_state import GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_LINKS = ("repos", "events", "hooks", "issues")


@ROUTES.route("GET", "/repos/{owner}/{repo}")
def get_repository(github: GitHub, request: Request) -> Answer:
    """A repository, to each token that sees it: `metadata: read` comes with every other permission."""
    full_name, repository = seen(github, request)
    shape = repository_shape(request, full_name, repository)
    owned = {"organization": shape["owner"]} if repository.owner_type == "Organization" else {}
    counts = {"network_count": 0, "subscribers_count": 0}
    return Answer(HTTPStatus.OK, {**shape, **owned, **counts, "has_discussions": False})


@ROUTES.route("GET", "/orgs/{org}")
def get_organization(github: GitHub, request: Request) -> Answer:
    """The part of an organization that says which it is; its plan to those who may read that (`organization_plan`)."""
    login, organization = seen_organization(github, request)
    shape = account(request, login, "Organization")
    url = f"{request.server}/orgs/{login}"
    body: Json = {
        **{name: shape[name] for name in ("login", "id", "node_id", "avatar_url", "type")},
        **{f"{name}_url": f"{url}/{name}" for name in _LINKS},
        "url": url,
        "html_url": f"{HTML}/{login}",
        **dict.fromkeys(("created_at", "updated_at"), CREATED),
    }
    if organization.plan and may_read(authenticated(github, request), login, "organization_plan"):
        body["plan"] = {"name": organization.plan, "space": 976562499, "private_repos": 999999}
    return Answer(HTTPStatus.OK, body)
