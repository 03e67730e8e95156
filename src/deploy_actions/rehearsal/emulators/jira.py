"""Jira's REST API on loopback, as Cloud or as Data Center: who asks, and which Jira it is.

    with JiraEmulator(Jira(users={"ada@acme.example:token": User("Ada", "ada@acme.example")})) as jira: … jira.url …

A credential is `email:token` for Basic (Data Center: `name:password`), and the token alone for Bearer. The tests hold
Cloud's answers against Atlassian's own description; there is none of Data Center, whose answers follow
https://developer.atlassian.com/server/jira/platform/rest/.
"""

import binascii
import re
from base64 import b64decode
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

import msgspec

from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

ROUTES: "Routes[Jira]" = Routes()
_NOT_AUTHENTICATED = "Client must be authenticated to access this resource."
_FAILED = "AUTHENTICATED_FAILED"
_HTML = {"Content-Type": "text/html;charset=UTF-8"}


class User(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A user; `account_id` is Cloud's, on Data Center it is the key. Data Center's name is the e-mail's first part."""

    display_name: str
    email: str
    account_id: str = "emulated-account"


class Jira(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A Jira site: users by credential. `down`: status 503 everywhere."""

    users: dict[str, User] = {}
    flavour: Literal["cloud", "data-center"] = "cloud"
    down: bool = False


class JiraEmulator(Emulator[Jira]):
    """Jira's API at `url`, which takes the place of the site's address."""

    routes = ROUTES

    def guard(self, request: Request, /) -> None:
        """Raises Refusal when Jira is down, and for version 3 of the API, which Data Center does not have."""
        if self.state.down:
            raise Refusal(Answer(HTTPStatus.SERVICE_UNAVAILABLE, "<html>Service Unavailable</html>", _HTML))
        if self.state.flavour == "data-center" and request.path.startswith("/rest/api/3/"):
            raise Refusal(self.missing(request))

    def missing(self, request: Request, /) -> Answer:
        """404 in the words of Atlassian's REST framework."""
        return Answer(HTTPStatus.NOT_FOUND, {"message": f"null for uri: {request.url}", "status-code": 404})

    def dressed(self, _request: Request, answer: Answer, /) -> Answer:
        """The answer as Jira's JSON, unless it is HTML."""
        return msgspec.structs.replace(
            answer, headers={"Content-Type": "application/json;charset=UTF-8", **answer.headers}
        )


@ROUTES.route("GET", "/rest/api/3/myself")
@ROUTES.route("GET", "/rest/api/2/myself")
def get_myself(jira: Jira, request: Request) -> Answer:
    """The user whose credential it is."""
    user = _user(jira, request)
    if user is None:
        raise _refusal(jira, request)
    body = {
        **(_of_cloud if jira.flavour == "cloud" else _of_data_center)(user, request),
        "emailAddress": user.email,
        "avatarUrls": {f"{n}x{n}": f"{request.server}/avatar?size={n}" for n in (16, 24, 32, 48)},
        "displayName": user.display_name,
        "active": True,
        "timeZone": "Etc/UTC",
        "locale": "en_US",
        "groups": {"size": 0, "items": []},
        "applicationRoles": {"size": 0, "items": []},
        "expand": "groups,applicationRoles",
    }
    return Answer(HTTPStatus.OK, body)


@ROUTES.route("GET", "/rest/api/3/serverInfo")
@ROUTES.route("GET", "/rest/api/2/serverInfo")
def get_server_info(jira: Jira, request: Request) -> Answer:
    """Which Jira it is. Anyone may ask, but not with a credential that is none."""
    if "authorization" in request.headers and _user(jira, request) is None:
        raise _refusal(jira, request)
    cloud = jira.flavour == "cloud"
    version = "1001.0.0-SNAPSHOT" if cloud else "10.3.12"
    body = {
        "baseUrl": request.server,
        "version": version,
        "versionNumbers": [int(part) for part in re.findall("[0-9]+", version)],
        "deploymentType": "Cloud" if cloud else "Server",  # Data Center too says Server
        "buildNumber": 100283 if cloud else 10030012,
        "buildDate": "2026-10-01T00:00:00.000+0000",
        "serverTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "scmInfo": "0" * 40,
        "serverTitle": "Jira",
        **({"displayUrl": request.server} if cloud else {}),
    }
    return Answer(HTTPStatus.OK, body)


def _of_cloud(user: User, request: Request) -> dict[str, object]:
    own = f"{request.url.removesuffix('myself')}user?accountId={quote(user.account_id)}"
    return {"self": own, "accountId": user.account_id, "accountType": "atlassian"}


def _of_data_center(user: User, request: Request) -> dict[str, object]:
    name = user.email.partition("@")[0]
    own = f"{request.server}/rest/api/2/user?username={quote(name)}"
    return {"self": own, "key": user.account_id, "name": name, "deleted": False}


def _user(jira: Jira, request: Request) -> User | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return jira.users.get(b64decode(value, validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            return None
    return jira.users.get(value) if scheme.lower() == "bearer" and ":" not in value else None


def _refusal(jira: Jira, request: Request) -> Refusal:
    """401: text on Cloud, HTML for a wrong password on Data Center, else the JSON of Atlassian's REST framework."""
    headers = {"X-Seraph-LoginReason": _FAILED, "WWW-Authenticate": f'OAuth realm="{quote(request.server, safe="")}"'}
    body: object = {"message": _NOT_AUTHENTICATED, "status-code": 401}
    if jira.flavour == "cloud":
        body, headers = _NOT_AUTHENTICATED, {**headers, **_HTML}
    elif request.headers.get("authorization", "").lower().startswith("basic "):
        page = f"<html><body><p>Basic Authentication Failure - Reason : {_FAILED}</p></body></html>"
        body, headers = page, {**headers, **_HTML}
    return Refusal(Answer(HTTPStatus.UNAUTHORIZED, body, headers))
