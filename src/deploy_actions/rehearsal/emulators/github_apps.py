"""GitHub's routes for apps: who the app is, where it is installed, its tokens."""

import secrets
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import msgspec

from deploy_actions.credentials.checksum import checksum
from deploy_actions.rehearsal.emulators.github_gate import (
    Json,
    asked_repository,
    authenticated,
    authenticated_app,
    bearer,
    covers,
    forbidden,
    moment,
    not_found,
    refusal,
)
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, account
from deploy_actions.rehearsal.emulators.github_state import App, GitHub, Token
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_TOKEN_LIVES = timedelta(hours=1)
_TOKEN_BYTES = 15
_NOT_GRANTED = "The permissions requested are not granted to this installation."
_NOT_INSTALLED = "There is at least one repository that does not exist or is not accessible to the parent installation."


class Wanted(msgspec.Struct):
    """What the body of a request for a token may narrow: `repositories` are names without their owner."""

    permissions: dict[str, str] | None = None
    repositories: list[str] | None = None


@ROUTES.route("GET", "/app")
def get_app(github: GitHub, request: Request) -> Answer:
    """The app itself."""
    app = authenticated_app(github, request)
    body = {
        **_identity(github, app),
        "id": github.app_id(app),
        "slug": app.slug,
        "node_id": f"A_{github.app_id(app)}",
        "owner": account(request, _owner(app), "Organization"),
        "name": app.slug,
        "description": None,
        "external_url": f"{HTML}/{_owner(app)}",
        "html_url": f"{HTML}/apps/{app.slug}",
        "installations_count": 1,
    }
    return Answer(HTTPStatus.OK, body)


@ROUTES.route("GET", "/repos/{owner}/{repo}/installation")
def get_repository_installation(github: GitHub, request: Request) -> Answer:
    """The app's installation on a repository."""
    app = authenticated_app(github, request)
    found = github.repository(asked_repository(request))
    if found is None or found[0] not in app.repositories:
        raise not_found()
    body = {
        **_identity(github, app),
        "id": app.installation_id,
        "account": account(request, _owner(app), "Organization"),
        "repository_selection": "selected",
        "access_tokens_url": f"{request.server}/app/installations/{app.installation_id}/access_tokens",
        "repositories_url": f"{request.server}/installation/repositories",
        "html_url": f"{HTML}/organizations/{_owner(app)}/settings/installations/{app.installation_id}",
        "app_id": github.app_id(app),
        "app_slug": app.slug,
        "target_id": account(request, _owner(app), "Organization")["id"],
        "target_type": "Organization",
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }
    return Answer(HTTPStatus.OK, body)


@ROUTES.route("POST", "/app/installations/{installation_id}/access_tokens")
def create_installation_token(github: GitHub, request: Request) -> Answer:
    """A token for what the installation may do, or for the part of it that was asked for."""
    app = authenticated_app(github, request)
    if request.parameters["installation_id"] != str(app.installation_id):
        raise not_found()
    wanted = _wanted(request)
    token = Token(
        kind="installation",
        permissions=_permissions(app, wanted),
        expires=datetime.now(UTC) + _TOKEN_LIVES,
        repositories=_repositories(app, wanted),
    )
    value = new_token()
    github.tokens[value] = token
    body = {
        "token": value,
        "expires_at": moment(datetime.now(UTC) + _TOKEN_LIVES),
        "permissions": token.permissions,
        "repository_selection": "selected",
    }
    return Answer(HTTPStatus.CREATED, body)


@ROUTES.route("DELETE", "/installation/token")
def revoke_installation_token(github: GitHub, request: Request) -> Answer:
    """Ends the installation token that asks for it."""
    token = authenticated(github, request)
    if token.kind != "installation":
        raise forbidden(token)
    del github.tokens[bearer(request)]
    return Answer(HTTPStatus.NO_CONTENT)


def new_token() -> str:
    """A worthless installation token with the checksum of a real one."""
    body = secrets.token_hex(_TOKEN_BYTES)
    return f"ghs_{body}{checksum(body)}"


def _identity(github: GitHub, app: App) -> Json:
    client_id = app.client_id or f"Iv-emulated-{github.app_id(app)}"
    times = {"created_at": CREATED, "updated_at": CREATED}
    return {"client_id": client_id, "permissions": app.permissions, "events": [], **times}


def _owner(app: App) -> str:
    return app.repositories[0].partition("/")[0] if app.repositories else "acme"


def _wanted(request: Request) -> Wanted:
    try:
        return msgspec.json.decode(request.body or b"{}", type=Wanted)
    except msgspec.ValidationError:
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid request.") from None
    except msgspec.DecodeError:
        raise refusal(HTTPStatus.BAD_REQUEST, "Problems parsing JSON") from None


def _permissions(app: App, wanted: Wanted) -> dict[str, str]:
    if wanted.permissions is None:
        return dict(app.permissions)
    if not all(covers(app.permissions, name, level) for name, level in wanted.permissions.items()):
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, _NOT_GRANTED)
    return wanted.permissions


def _repositories(app: App, wanted: Wanted) -> list[str]:
    if wanted.repositories is None:
        return list(app.repositories)
    full_names = [f"{_owner(app)}/{name}" for name in wanted.repositories]
    if not set(full_names) <= set(app.repositories):
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, _NOT_INSTALLED)
    return full_names
