"""Who may ask GitHub for what, and the answers to who may not; what all of GitHub's routes share."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeAlias, TypeVar
from urllib.parse import urlencode

import jwt

from deploy_actions.rehearsal.emulators.github_state import App, GitHub, Repository, Token
from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request

Json: TypeAlias = dict[str, object]
Item = TypeVar("Item")

DOCUMENTATION = "https://docs.github.com/rest"
_LONGEST_JWT_SECONDS = 10 * 60
_PAGE, _LARGEST_PAGE = 30, 100
_RANKS = {"read": 1, "write": 2, "admin": 3}
_NO_JWT = "A JSON web token could not be decoded"
_NOT_NOW: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: (
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion"
        " expires"
    ),
    jwt.ImmatureSignatureError: (
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
    ),
}


def refusal(status: int, message: str, **headers: str) -> Refusal:
    """An error in GitHub's shape; `headers` with `_` for `-`."""
    body = {"message": message, "documentation_url": DOCUMENTATION, "status": str(int(status))}
    return Refusal(Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()}))


def not_found() -> Refusal:
    """What is not there, or may not be known to be there."""
    return refusal(HTTPStatus.NOT_FOUND, "Not Found")


def moment(time: datetime) -> str:
    """A time as GitHub writes it: UTC, with a Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def bearer(request: Request) -> str:
    """The token in a request's `Authorization`, empty if there is none."""
    found = re.fullmatch(r"(?i:bearer|token) +(\S+)", request.headers.get("authorization", ""))
    return found[1] if found else ""


def authenticated(github: GitHub, request: Request) -> Token:
    """The token of a request. Raises Refusal with 401 for none, and for one that is unknown, revoked or has ended."""
    if "authorization" not in request.headers:
        raise refusal(HTTPStatus.UNAUTHORIZED, "Requires authentication")
    token = github.token(bearer(request), datetime.now(UTC))
    if token is None:
        raise refusal(HTTPStatus.UNAUTHORIZED, "Bad credentials")
    return token


def forbidden(token: Token, needs: str = "", scope: str = "repo") -> Refusal:
    """403 in the words for this kind of token; `needs` is the permission, as in `secrets=read`."""
    if token.scopes:  # GitHub says so of what is no repository too
        return refusal(HTTPStatus.FORBIDDEN, "Must have admin rights to Repository.", X_Accepted_OAuth_Scopes=scope)
    kind = "integration" if token.kind == "installation" else "personal access token"
    headers = {"X_Accepted_GitHub_Permissions": needs} if needs else {}
    return refusal(HTTPStatus.FORBIDDEN, f"Resource not accessible by {kind}", **headers)


def covers(granted: dict[str, str], permission: str, level: str) -> bool:
    """Whether permissions hold this one at this level or above."""
    return level in _RANKS and _RANKS.get(granted.get(permission, ""), 0) >= _RANKS[level]


def seen(github: GitHub, request: Request) -> tuple[str, Repository]:
    """Full name and repository of a request whose token may see it. Raises Refusal: 401 or 404."""
    token = authenticated(github, request)
    found = github.repository(asked_repository(request))
    if found is None or (token.repositories is not None and found[0] not in token.repositories):
        raise not_found()
    return found


def permitted(github: GitHub, request: Request, permission: str, level: str = "read") -> tuple[str, Repository]:
    """Full name and repository of a request that has the permission there. Raises Refusal: 401, 404 or 403."""
    found, token = seen(github, request), authenticated(github, request)
    if not ("repo" in token.scopes or covers(token.permissions, permission, level)):
        raise forbidden(token, f"{permission}={level}")
    return found


def asked_repository(request: Request) -> str:
    """The "owner/name" in a request's path."""
    return "{owner}/{repo}".format(**request.parameters)


def authenticated_app(github: GitHub, request: Request) -> App:
    """The app whose JWT a request has. Raises Refusal with 401, and with 404 for an issuer that is no app."""
    value = bearer(request)
    try:
        app = github.app(str(jwt.decode(value, options={"verify_signature": False}).get("iss")))
        if app is None:
            raise refusal(HTTPStatus.NOT_FOUND, "Integration not found")
        claims = jwt.decode(
            value,
            app.public_key,
            algorithms=["RS256"],
            options={"require": ["iss", "iat", "exp"], "verify_aud": False},
        )
    except jwt.InvalidTokenError as error:
        raise refusal(HTTPStatus.UNAUTHORIZED, _NOT_NOW.get(type(error), _NO_JWT)) from None
    if int(claims["exp"]) - datetime.now(UTC).timestamp() > _LONGEST_JWT_SECONDS:
        raise refusal(HTTPStatus.UNAUTHORIZED, "'Expiration time' claim ('exp') is too far in the future")
    return app


def page(request: Request, key: str, items: list[Json]) -> Answer:
    """One page of a list that is counted, with the `Link` to its neighbours."""
    shown, headers = sheet(request, items)
    return Answer(HTTPStatus.OK, {"total_count": len(items), key: shown}, headers)


def listed(request: Request, items: list[Json]) -> Answer:
    """One page of a list that is the whole answer, with the `Link` to its neighbours."""
    return Answer(HTTPStatus.OK, *sheet(request, items))


def sheet(request: Request, items: list[Item]) -> tuple[list[Item], dict[str, str]]:
    """The items of one page, and the `Link` to its neighbours where it has any."""
    size = min(_number(request, "per_page", _PAGE), _LARGEST_PAGE)
    number, last = _number(request, "page", 1), max(1, -(-len(items) // size))
    places = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    wanted = [name for name in places if (number > 1 if name in ("prev", "first") else number < last)]
    links = [f'<{request.url}?{urlencode(request.query | {"page": places[name]})}>; rel="{name}"' for name in wanted]
    return items[(number - 1) * size : number * size], {"Link": ", ".join(links)} if links else {}


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return int(text) if re.fullmatch("[1-9][0-9]{0,5}", text) else default
