"""Jira's routes about projects, their versions, and the fields there are."""

from http import HTTPStatus

from deploy_actions.rehearsal.emulators.jira_gate import (
    JiraRoutes,
    Json,
    error,
    json_body,
    may_write,
    number,
    reader,
    visible_project,
    writer,
)
from deploy_actions.rehearsal.emulators.jira_shapes import api, project_shape, version_shape
from deploy_actions.rehearsal.emulators.jira_state import Jira
from deploy_actions.rehearsal.emulators.routes import Answer, Request

ROUTES = JiraRoutes()
_EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
_EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"
_SYSTEM_FIELDS = {
    "summary": ("Summary", {"type": "string", "system": "summary"}),
    "issuetype": ("Issue Type", {"type": "issuetype", "system": "issuetype"}),
    "status": ("Status", {"type": "status", "system": "status"}),
    "project": ("Project", {"type": "project", "system": "project"}),
    "fixVersions": ("Fix versions", {"type": "array", "items": "version", "system": "fixVersions"}),
    "updated": ("Updated", {"type": "datetime", "system": "updated"}),
}


@ROUTES.both("GET", "field")
def get_fields(jira: Jira, request: Request) -> Answer:
    """Every field; the epic link is known by its custom type, as its id and its name differ between sites."""
    reader(jira, request)
    system = [_field(jira, own, name, schema) for own, (name, schema) in _SYSTEM_FIELDS.items()]
    custom_id = int(jira.epic_link_field.removeprefix("customfield_"))
    schema: Json = {"type": "any", "custom": _EPIC_LINK, "customId": custom_id}
    link = _field(jira, jira.epic_link_field, "Epos-Verknüpfung" if jira.localized else "Epic Link", schema)
    of_name: Json = {"type": "string", "custom": _EPIC_NAME, "customId": custom_id + 1}
    title = _field(jira, jira.epic_name_field, "Epos-Name" if jira.localized else "Epic Name", of_name)
    return Answer(HTTPStatus.OK, [*system, link, title])


@ROUTES.both("GET", "project/{projectIdOrKey}")
def get_project(jira: Jira, request: Request) -> Answer:
    """A project with its versions."""
    key = _project(jira, request)
    at = api(request)
    body = {
        "expand": "description,lead,issueTypes,url,projectKeys",
        **project_shape(jira, at, key),
        "versions": _versions(jira, at, key),
        "assigneeType": "UNASSIGNED",
        "description": "",
        "components": [],
        "issueTypes": [],
        "roles": {},
        **({"simplified": False, "style": "classic", "isPrivate": False} if jira.flavour == "cloud" else {}),
    }
    return Answer(HTTPStatus.OK, body)


@ROUTES.both("GET", "project/{projectIdOrKey}/versions")
def get_versions(jira: Jira, request: Request) -> Answer:
    """Every version of a project."""
    return Answer(HTTPStatus.OK, _versions(jira, api(request), _project(jira, request)))


@ROUTES.both("POST", "version")
def post_version(jira: Jira, request: Request) -> Answer:
    """A new version of the project in `projectId`, or `project` with the key."""
    user, body = writer(jira, request), json_body(request)
    project = visible_project(jira, user, str(body.get("projectId") or body.get("project") or ""))
    may_write(user)
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise error(HTTPStatus.BAD_REQUEST, name="You must specify a valid version name")
    if name.casefold() in (one.casefold() for one in jira.versions_of(project)):
        raise error(HTTPStatus.BAD_REQUEST, name="A version with this name already exists in this project.")
    jira.versions.setdefault(project, []).append(name)
    return Answer(HTTPStatus.CREATED, _version(api(request), project, name))


def _project(jira: Jira, request: Request) -> str:
    return visible_project(jira, reader(jira, request), request.parameters["projectIdOrKey"])


def _versions(jira: Jira, at: str, project: str) -> list[Json]:
    return [_version(at, project, name) for name in jira.versions_of(project)]


def _version(at: str, project: str, name: str) -> Json:
    return {**version_shape(at, project, name), "projectId": number(project)}


def _field(jira: Jira, own: str, name: str, schema: Json) -> Json:
    return {
        "id": own,
        **({"key": own} if jira.flavour == "cloud" else {}),
        "name": name,
        "custom": "custom" in schema,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": [own, name],
        "schema": schema,
    }
