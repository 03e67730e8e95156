"""Who may ask Jira for what, and the answers to who may not; what all of Jira's routes share."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec

from deploy_actions.rehearsal.emulators.jira_state import Issue, Jira, User
from deploy_actions.rehearsal.emulators.routes import Answer, Handler, Refusal, Request, Routes

Json: TypeAlias = dict[str, Any]

HTML = {"Content-Type": "text/html;charset=UTF-8"}
NO_ISSUE = "Issue does not exist or you do not have permission to see it."
FAILED = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
_NO_ISSUE_OF_DATA_CENTER = "Issue Does Not Exist"
_NOT_AUTHENTICATED = "Client must be authenticated to access this resource."


class JiraRoutes(Routes[Jira]):
    """Routes that both versions of the API have."""

    def both(self, method: str, path: str) -> Callable[[Handler[Jira]], Handler[Jira]]:
        """The same under version 3 and under version 2; `path` is what comes after `/rest/api/3/`."""

        def add(handler: Handler[Jira]) -> Handler[Jira]:
            self.add(*((method, f"/rest/api/{version}/{path}", handler) for version in (3, 2)))
            return handler

        return add


def error(status: int, *messages: str, **errors: str) -> Refusal:
    """An error in Jira's shape: messages, or one for each field."""
    return Refusal(Answer(status, {"errorMessages": list(messages), "errors": errors}))


def user_of(jira: Jira, request: Request) -> User | None:
    """The user whose credential it is; None for nobody, and for a credential that is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return jira.users.get(b64decode(value, validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            return None
    return jira.users.get(value) if scheme.lower() == "bearer" and ":" not in value else None


def not_authenticated(jira: Jira, request: Request) -> Refusal:
    """401: text on Cloud, HTML for a wrong password on Data Center, else the JSON of Atlassian's REST framework."""
    headers = {**FAILED, "WWW-Authenticate": f'OAuth realm="{quote(request.server, safe="")}"'}
    body: object = {"message": _NOT_AUTHENTICATED, "status-code": 401}
    if jira.flavour == "cloud":
        body, headers = _NOT_AUTHENTICATED, {**headers, **HTML}
    elif request.headers.get("authorization", "").lower().startswith("basic "):
        page = "<html><body><p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>"
        body, headers = page, {**headers, **HTML}
    return Refusal(Answer(HTTPStatus.UNAUTHORIZED, body, headers))


def reader(jira: Jira, request: Request) -> User | None:
    """Who reads. A wrong credential is nobody on Cloud, which then hides everything; on Data Center it is 401."""
    user = user_of(jira, request)
    if user is None and jira.flavour == "data-center" and "authorization" in request.headers:
        raise not_authenticated(jira, request)
    return user


def writer(jira: Jira, request: Request) -> User:
    """Who writes. Raises Refusal: 401 for nobody; whether the user may is asked when it is known what."""
    user = user_of(jira, request)
    if user is None:
        raise not_authenticated(jira, request)
    return user


def may_write(user: User) -> None:
    """Raises Refusal with 403 for a user who may only read."""
    if not user.can_write:
        raise error(HTTPStatus.FORBIDDEN, "You do not have the permission to do that.")


def look_up(jira: Jira, user: User | None, asked: Iterable[str]) -> dict[str, str | None]:
    """The issue's present key for each key or id, or None where the user sees none. Counts `heals-after` down."""
    chains = {one: jira.chain(one) for one in asked}
    unhealed = {key for chain in chains.values() for key in chain if jira.issues[key].heals_after > 0}
    hidden = {key for chain in chains.values() for key in chain if jira.issues[key].hidden}
    for key in unhealed:
        jira.issues[key].heals_after -= 1
    return {
        one: chain[-1] if user and chain and not (unhealed | hidden).intersection(chain) else None
        for one, chain in chains.items()
    }


def readable_issue(jira: Jira, request: Request) -> str:
    """The key of the issue in the path. Raises Refusal with 404 where there is none to see."""
    return _issue(jira, request, reader(jira, request))


def writable_issue(jira: Jira, request: Request) -> tuple[Issue, User]:
    """The issue in the path, and who writes to it. Raises Refusal: 401, 404 or 403."""
    user = writer(jira, request)
    issue = jira.issues[_issue(jira, request, user)]
    may_write(user)
    return issue, user


def visible_project(jira: Jira, user: User | None, asked: str) -> str:
    """The key of a project by key or id. Raises Refusal with 404 where there is none to see."""
    for key in jira.all_projects() if user else ():
        if asked.casefold() == key.casefold() or asked == str(number(key)):
            return key
    raise error(HTTPStatus.NOT_FOUND, f"No project could be found with key '{asked}'.")


def json_body(request: Request) -> Json:
    """The request's body. Raises Refusal with 400 if it is no JSON object."""
    try:
        return msgspec.json.decode(request.body, type=Json)
    except msgspec.DecodeError:
        message = "There was an error parsing JSON. Check that your request body is valid."
        raise error(HTTPStatus.BAD_REQUEST, message) from None


def whole(options: Mapping[str, Any], name: str, default: int) -> int:
    """A number of the query or the body. Raises Refusal with 400 if it is none."""
    text = str(options.get(name, default))
    if not text.isdecimal():
        raise error(HTTPStatus.BAD_REQUEST, f"The value of {name} is not a number.")
    return int(text)


def wanted_fields(options: Mapping[str, Any]) -> list[str]:
    """The `fields` of a query, between commas, or of a body, as a list. Raises Refusal with 400 for anything else."""
    given = options.get("fields") or []
    names = given.split(",") if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise error(HTTPStatus.BAD_REQUEST, "Can not deserialize 'fields'.")
    return [name.strip() for name in names if name.strip()]


def number(name: str) -> int:
    """The id of what has no other: the same for the same name, whatever else there is."""
    return 10000 + binascii.crc32(name.encode()) % 900000


def _issue(jira: Jira, request: Request, user: User | None) -> str:
    asked = request.parameters["issueIdOrKey"]
    key = look_up(jira, user, [asked])[asked]
    if key is None:
        raise error(HTTPStatus.NOT_FOUND, NO_ISSUE if jira.flavour == "cloud" else _NO_ISSUE_OF_DATA_CENTER)
    return key
