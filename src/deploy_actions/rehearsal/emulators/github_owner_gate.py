"""Who may ask GitHub for what an organization or an enterprise has."""

from deploy_actions.rehearsal.emulators.github_gate import authenticated, covers, forbidden, not_found
from deploy_actions.rehearsal.emulators.github_runners_state import Enterprise, Organization
from deploy_actions.rehearsal.emulators.github_state import GitHub, Token, find
from deploy_actions.rehearsal.emulators.routes import Request

_OF_ORGANIZATIONS, _OF_ENTERPRISES = "admin:org", "manage_runners:enterprise"


def seen_organization(github: GitHub, request: Request) -> tuple[str, Organization]:
    """Name and organization of a request. Raises Refusal: 401, or 404 also for a person, who has no runners."""
    authenticated(github, request)
    found = github.organization(request.parameters["org"])
    if found is None:
        raise not_found()
    return found


def permitted_organization(github: GitHub, request: Request, permission: str) -> tuple[str, Organization]:
    """Name and organization of a request that may read this there. Raises Refusal: 401, 404 or 403.

    What an app may do in an organization it may do where it is installed: where a repository of its token is.
    """
    found, token = seen_organization(github, request), authenticated(github, request)
    if not may_read(token, found[0], permission):
        raise forbidden(token, f"{permission}=read", _OF_ORGANIZATIONS)
    return found


def may_read(token: Token, organization: str, permission: str) -> bool:
    """Whether the token holds the permission in the organization."""
    owners = {name.partition("/")[0].casefold() for name in token.repositories or ()}
    reaches = token.repositories is None or organization.casefold() in owners
    return _OF_ORGANIZATIONS in token.scopes or (reaches and covers(token.permissions, permission, "read"))


def permitted_enterprise(github: GitHub, request: Request) -> tuple[str, Enterprise]:
    """Name and enterprise of a request that may read its runners. Raises Refusal: 401, 404 or 403."""
    token = authenticated(github, request)
    found = find(github.enterprises, request.parameters["enterprise"])
    if found is None:
        raise not_found()
    if _OF_ENTERPRISES not in token.scopes:
        raise forbidden(token, scope=_OF_ENTERPRISES)
    return found
