"""Jira's routes that search: Cloud's, which goes on by a token, and Data Center's, which counts."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from deploy_actions.rehearsal.emulators.jira_gate import (
    JiraRoutes,
    Json,
    error,
    json_body,
    look_up,
    number,
    reader,
    wanted_fields,
    whole,
)
from deploy_actions.rehearsal.emulators.jira_jql import Condition, conditions_of
from deploy_actions.rehearsal.emulators.jira_shapes import api, issue_shape, local
from deploy_actions.rehearsal.emulators.jira_state import Jira, User, project_of
from deploy_actions.rehearsal.emulators.routes import Answer, Request

ROUTES = JiraRoutes()
_PAGE, _LARGEST_PAGE, _LARGEST_PAGE_OF_DATA_CENTER = 50, 100, 1000
_UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_REMOVED = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."


@ROUTES.route("GET", "/rest/api/3/search/jql")
@ROUTES.route("POST", "/rest/api/3/search/jql")
def search_cloud(jira: Jira, request: Request) -> Answer:
    """A page of what a query finds, with ids alone where no fields are asked for. Keys that are none are left out."""
    options, user = _options(request), reader(jira, request)
    jql = str(options.get("jql", ""))
    if not jql.strip():
        raise error(HTTPStatus.BAD_REQUEST, _UNBOUNDED)
    keys, problems = _found(jira, user, conditions_of(jql))
    for problem, is_key in problems.items():
        if not is_key:
            raise error(HTTPStatus.BAD_REQUEST, problem)
    start, most = _start(options), min(whole(options, "maxResults", _PAGE), _LARGEST_PAGE) or _PAGE
    wanted, at = wanted_fields(options), api(request)
    shown = [issue_shape(jira, at, key, wanted) if wanted else {"id": str(jira.id_of(key))} for key in keys]
    last = start + most >= len(keys)
    body: Json = {"issues": shown[start : start + most], "isLast": last}
    return Answer(HTTPStatus.OK, body if last else body | {"nextPageToken": _page_token(start + most)})


@ROUTES.route("GET", "/rest/api/2/search")
@ROUTES.route("POST", "/rest/api/2/search")
def search_data_center(jira: Jira, request: Request) -> Answer:
    """A page of what a query finds. Values that are none are an error, or with `validateQuery` false a warning."""
    if jira.flavour == "cloud":
        raise error(HTTPStatus.GONE, _REMOVED)
    options, user = _options(request), reader(jira, request)
    jql = str(options.get("jql", ""))
    keys, problems = _found(jira, user, conditions_of(jql) if jql.strip() else [])
    if problems and str(options.get("validateQuery", True)).casefold() != "false":
        raise error(HTTPStatus.BAD_REQUEST, *problems)
    start = whole(options, "startAt", 0)
    most = min(whole(options, "maxResults", _PAGE), _LARGEST_PAGE_OF_DATA_CENTER)
    shown = [issue_shape(jira, api(request), key, wanted_fields(options)) for key in keys[start : start + most]]
    counts = {"startAt": start, "maxResults": most, "total": len(keys)}
    warnings = {"warningMessages": list(problems)} if problems else {}
    return Answer(HTTPStatus.OK, {"expand": "schema,names", **counts, "issues": shown, **warnings})


def _options(request: Request) -> Mapping[str, Any]:
    return json_body(request) if request.method == "POST" else request.query


def _found(jira: Jira, user: User | None, conditions: list[Condition]) -> tuple[list[str], dict[str, bool]]:
    """Keys, the newest issue first; what is wrong with the values, and whether it is that a key is none."""
    asked = dict.fromkeys(value for one in conditions if one.field == "key" for value in one.values)
    named = look_up(jira, user, asked)
    found = set(jira.seen() if user else ())
    problems: dict[str, bool] = {}
    for field, values in conditions:
        if field == "key":
            found &= {key for value in values if (key := named[value])}
            missing = [value for value in values if named[value] is None]
            problems |= {f"An issue with key '{value}' does not exist for field 'key'.": True for value in missing}
            continue
        matches = [_matches(jira, field, value) for value in values]
        missing = [value for value in values if not (user and _exists(jira, field, value))]
        problems |= {f"The value '{value}' does not exist for the field '{field}'.": False for value in missing}
        found = {key for key in found if any(match(key) for match in matches)}
    return sorted(found, key=jira.id_of, reverse=True), problems


def _matches(jira: Jira, field: str, value: str) -> Callable[[str], bool]:
    def match(key: str) -> bool:
        project, issue = project_of(key), jira.issues[key]
        if field == "project":
            return _is(value, project, jira.all_projects()[project], str(number(project)))
        if field == "status":
            return _is(value, local(jira, issue.status), str(number(issue.status)))
        return any(_is(value, name, str(number(f"{project}/{name}"))) for name in issue.fix_versions)

    return match


def _exists(jira: Jira, field: str, value: str) -> bool:
    projects = jira.all_projects()
    if field == "project":
        return any(_is(value, key, name, str(number(key))) for key, name in projects.items())
    if field == "status":
        return any(_is(value, local(jira, name), str(number(name))) for name in jira.all_statuses())
    versions = ((key, name) for key in projects for name in jira.versions_of(key))
    return any(_is(value, name, str(number(f"{key}/{name}"))) for key, name in versions)


def _is(value: str, *names: str) -> bool:
    return value.casefold() in (name.casefold() for name in names)


def _page_token(start: int) -> str:
    return urlsafe_b64encode(f"start={start}".encode()).decode()


def _start(options: Mapping[str, Any]) -> int:
    token = str(options.get("nextPageToken") or "")
    if not token:
        return 0
    try:
        name, _, start = urlsafe_b64decode(token).decode().partition("=")
    except (binascii.Error, UnicodeDecodeError):
        name = start = ""
    if name != "start" or not start.isdecimal():
        raise error(HTTPStatus.BAD_REQUEST, "The provided next page token is invalid or expired.")
    return int(start)
