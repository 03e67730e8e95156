"""Jira's routes about issues themselves: reading them, their versions, and where they may go."""

from http import HTTPStatus

import msgspec

from deploy_actions.rehearsal.emulators.jira_gate import (
    NO_ISSUE,
    JiraRoutes,
    Json,
    error,
    json_body,
    look_up,
    number,
    readable_issue,
    reader,
    wanted_fields,
    writable_issue,
)
from deploy_actions.rehearsal.emulators.jira_shapes import api, issue_shape, local, status_shape
from deploy_actions.rehearsal.emulators.jira_state import Issue, Jira, project_of
from deploy_actions.rehearsal.emulators.routes import Answer, Request

ROUTES = JiraRoutes()
_MOST_AT_ONCE = 100
_NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


class _Changes(msgspec.Struct):
    update: dict[str, list[Json]] = {}
    fields: Json = {}


@ROUTES.route("POST", "/rest/api/3/issue/bulkfetch")
def bulk_fetch(jira: Jira, request: Request) -> Answer:
    """Up to 100 issues in the order of their ids; what the user does not see is among the errors."""
    user, body = reader(jira, request), json_body(request)
    asked = body.get("issueIdsOrKeys")
    if not isinstance(asked, list) or not 0 < len(asked) <= _MOST_AT_ONCE:
        raise error(HTTPStatus.BAD_REQUEST, f"issueIdsOrKeys must have 1 to {_MOST_AT_ONCE} issue IDs or keys.")
    found = look_up(jira, user, [str(one) for one in asked])
    keys = sorted({key for key in found.values() if key}, key=jira.id_of)
    answer = {
        "issues": [issue_shape(jira, api(request), key, wanted_fields(body)) for key in keys],
        "issueErrors": [{"id": one, "errorMessage": NO_ISSUE} for one, key in found.items() if key is None],
    }
    return Answer(HTTPStatus.OK, answer)


@ROUTES.both("GET", "issue/{issueIdOrKey}")
def get_issue(jira: Jira, request: Request) -> Answer:
    """An issue, with the `fields` of the query; one that moved answers under its new key."""
    key = readable_issue(jira, request)
    return Answer(HTTPStatus.OK, issue_shape(jira, api(request), key, wanted_fields(request.query)))


@ROUTES.both("PUT", "issue/{issueIdOrKey}")
def put_issue(jira: Jira, request: Request) -> Answer:
    """Adds the versions of `update.fixVersions`; nothing else can be set here."""
    issue, _ = writable_issue(jira, request)
    body = json_body(request)
    if not (body.get("update") or body.get("fields")):
        raise error(HTTPStatus.BAD_REQUEST, "one of 'fields' or 'update' required")
    issue.fix_versions = _updated_versions(jira, issue, body)
    issue.touch()
    return Answer(HTTPStatus.NO_CONTENT)


@ROUTES.both("GET", "issue/{issueIdOrKey}/transitions")
def get_transitions(jira: Jira, request: Request) -> Answer:
    """Where the issue may go. Users who may not write see no transition."""
    issue, user = jira.issues[readable_issue(jira, request)], reader(jira, request)
    offered = _offered(jira, issue) if user and user.can_write else {}
    transitions = [_transition(jira, request, own, name) for own, name in offered.items()]
    return Answer(HTTPStatus.OK, {"expand": "transitions", "transitions": transitions})


@ROUTES.both("POST", "issue/{issueIdOrKey}/transitions")
def post_transition(jira: Jira, request: Request) -> Answer:
    """The issue in the transition's status."""
    issue, _ = writable_issue(jira, request)
    body = json_body(request)
    transition = body.get("transition")
    own = str(transition.get("id", "")) if isinstance(transition, dict) else ""
    if not own:
        raise error(HTTPStatus.BAD_REQUEST, "Missing 'transition' identifier")
    offered = _offered(jira, issue)
    if own not in offered:
        raise error(HTTPStatus.BAD_REQUEST, f"Transition id '{own}' is not valid for this issue.")
    issue.fix_versions = _updated_versions(jira, issue, body)
    issue.status, issue.category = offered[own], jira.statuses[offered[own]]
    issue.touch()
    return Answer(HTTPStatus.NO_CONTENT)


def _offered(jira: Jira, issue: Issue) -> dict[str, str]:
    """Statuses by the transition's id: 11, 21, 31 …, as in a new project's workflow."""
    statuses = {str(10 * place + 1): name for place, name in enumerate(jira.statuses, 1)}
    return {own: name for own, name in statuses.items() if issue.transitions is None or name in issue.transitions}


def _transition(jira: Jira, request: Request, own: str, name: str) -> Json:
    flags = dict.fromkeys(("hasScreen", "isInitial", "isConditional", "looped"), False)
    return {
        "id": own,
        "name": local(jira, name),
        "to": status_shape(jira, api(request), name, jira.statuses[name]),
        **(flags | {"isGlobal": True, "isAvailable": True} if jira.flavour == "cloud" else {}),
    }


def _updated_versions(jira: Jira, issue: Issue, body: Json) -> list[str]:
    """The issue's versions with those that are to be added. Raises Refusal with 400, before anything is written."""
    try:
        changes = msgspec.convert(body, _Changes)
    except msgspec.ValidationError:
        raise error(HTTPStatus.BAD_REQUEST, "Can not deserialize 'fields' or 'update'.") from None
    unknown = {*changes.fields, *changes.update} - {"fixVersions"} | set(changes.fields)
    if unknown:
        raise error(HTTPStatus.BAD_REQUEST, **{name: _NOT_ON_SCREEN.format(name) for name in sorted(unknown)})
    project = next(project_of(key) for key, one in jira.issues.items() if one is issue)
    added = [_version(jira, project, operation) for operation in changes.update.get("fixVersions", [])]
    return list(dict.fromkeys([*issue.fix_versions, *added]))


def _version(jira: Jira, project: str, operation: Json) -> str:
    given = operation.get("add")
    if not isinstance(given, dict) or not {"name", "id"} & set(given):
        raise error(HTTPStatus.BAD_REQUEST, fixVersions="expected 'add' with 'id' or 'name'")
    for name in jira.versions_of(project):
        if name == given.get("name") or str(number(f"{project}/{name}")) == given.get("id"):
            return name
    kind = "name" if "name" in given else "id"
    raise error(HTTPStatus.BAD_REQUEST, fixVersions=f"Version {kind} '{given[kind]}' is not valid")
