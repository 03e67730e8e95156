"""GitHub's routes about who asks: the token's user and its rate limit."""

from datetime import UTC, datetime
from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_faults import SECONDARY_LIMIT
from deploy_actions.rehearsal.emulators.github_gate import Json, authenticated, bearer, forbidden, refusal
from deploy_actions.rehearsal.emulators.github_shapes import public_user
from deploy_actions.rehearsal.emulators.github_state import GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_ANONYMOUS_LIMIT, _LIMIT = 60, 5000
_WINDOW_SECONDS = 3600
_LIMITS = "/rate_limit"


@ROUTES.route("GET", "/user")
def get_user(github: GitHub, request: Request) -> Answer:
    """The user of a personal token."""
    token = authenticated(github, request)
    if token.kind == "installation":
        raise forbidden(token)
    return Answer(HTTPStatus.OK, public_user(request, token.login or "octocat"))


@ROUTES.route("GET", _LIMITS)
def get_rate_limit(github: GitHub, request: Request) -> Answer:
    """The limits, which anyone may ask for; but not with a token that is none."""
    if "authorization" in request.headers:
        authenticated(github, request)
    core = limit_of(github, request)
    others = {name: {**core, "remaining": core["limit"], "used": 0} for name in ("search", "graphql")}
    return Answer(HTTPStatus.OK, {"resources": {"core": core, **others}, "rate": core})


def limit_of(github: GitHub, request: Request) -> Json:
    """The `core` limit. The requests of all tokens are counted together."""
    limit = _LIMIT if github.token(bearer(request), datetime.now(UTC)) else _ANONYMOUS_LIMIT
    used = limit if github.rate_limit_used_up else min(github.requests_used, limit)
    now = int(datetime.now(UTC).timestamp())
    reset = now - now % _WINDOW_SECONDS + _WINDOW_SECONDS
    return {"limit": limit, "used": used, "remaining": limit - used, "reset": reset}


def check_limits(github: GitHub, request: Request) -> None:
    """Raises Refusal when a limit is reached. Asking for the limits counts towards none."""
    if github.rate_limited:
        raise refusal(HTTPStatus.TOO_MANY_REQUESTS, SECONDARY_LIMIT, Retry_After="60")
    if request.path == _LIMITS:
        return
    github.requests_used += 1
    if github.rate_limit_used_up:
        raise refusal(HTTPStatus.FORBIDDEN, "API rate limit exceeded for this token.")


def forget_unmodified(github: GitHub, request: Request, status: int) -> None:
    """Takes a request from the count again that was answered with 304, if it had a good token."""
    is_counted = request.path != _LIMITS and github.token(bearer(request), datetime.now(UTC))
    if status == HTTPStatus.NOT_MODIFIED and is_counted:
        github.requests_used -= 1
