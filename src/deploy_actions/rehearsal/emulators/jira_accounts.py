"""Jira's routes about who asks and which Jira it is."""

import re
from datetime import UTC, datetime
from http import HTTPStatus

from deploy_actions.rehearsal.emulators.jira_gate import JiraRoutes, not_authenticated, user_of
from deploy_actions.rehearsal.emulators.jira_shapes import api, moment, user_shape
from deploy_actions.rehearsal.emulators.jira_state import Jira
from deploy_actions.rehearsal.emulators.routes import Answer, Request

ROUTES = JiraRoutes()


@ROUTES.both("GET", "myself")
def get_myself(jira: Jira, request: Request) -> Answer:
    """The user whose credential it is."""
    user = user_of(jira, request)
    if user is None:
        raise not_authenticated(jira, request)
    body = {
        **user_shape(jira, api(request), user),
        "avatarUrls": {f"{n}x{n}": f"{request.server}/avatar?size={n}" for n in (16, 24, 32, 48)},
        **({"deleted": False} if jira.flavour == "data-center" else {}),
        "locale": "en_US",
        "groups": {"size": 0, "items": []},
        "applicationRoles": {"size": 0, "items": []},
        "expand": "groups,applicationRoles",
    }
    return Answer(HTTPStatus.OK, body)


@ROUTES.both("GET", "serverInfo")
def get_server_info(jira: Jira, request: Request) -> Answer:
    """Which Jira it is. Anyone may ask, but not with a credential that is none."""
    if "authorization" in request.headers and user_of(jira, request) is None:
        raise not_authenticated(jira, request)
    cloud = jira.flavour == "cloud"
    version = "1001.0.0-SNAPSHOT" if cloud else "10.3.12"
    body = {
        "baseUrl": request.server,
        "version": version,
        "versionNumbers": [int(part) for part in re.findall("[0-9]+", version)],
        "deploymentType": "Cloud" if cloud else "Server",  # Data Center too says Server
        "buildNumber": 100283 if cloud else 10030012,
        "buildDate": "2026-10-01T00:00:00.000+0000",
        "serverTime": moment(datetime.now(UTC)),
        "scmInfo": "0" * 40,
        "serverTitle": "Jira",
        **({"displayUrl": request.server} if cloud else {}),
    }
    return Answer(HTTPStatus.OK, body)
