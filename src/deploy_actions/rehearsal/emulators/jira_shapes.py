"""The JSON of what Jira answers: issues with their fields, types, statuses, versions and people."""

from collections.abc import Collection
from datetime import UTC, datetime
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.jira_gate import Json, number
from deploy_actions.rehearsal.emulators.jira_state import Category, Issue, Jira, User, project_of
from deploy_actions.rehearsal.emulators.routes import Request

_SUB_TASK, _BASE, _EPIC = -1, 0, 1
_ALL = frozenset({"*all", "*navigable"})
_CATEGORIES = {  # the ids, names and colours that every Jira has
    "undefined": (1, "No Category", "medium-gray"),
    "new": (2, "To Do", "blue-gray"),
    "done": (3, "Done", "green"),
    "indeterminate": (4, "In Progress", "yellow"),
}
_GERMAN = {
    "Story": "Anforderung",
    "Task": "Aufgabe",
    "Bug": "Fehler",
    "Epic": "Epos",
    "Sub-task": "Unteraufgabe",
    "Initiative": "Vorhaben",
    "To Do": "Zu erledigen",
    "In Progress": "In Arbeit",
    "Done": "Fertig",
    "No Category": "Keine Kategorie",
}


def api(request: Request) -> str:
    """The address of the API in the version that was asked, as the links of its answers begin."""
    return "/".join(request.url.split("/")[:6])


def moment(time: datetime) -> str:
    """A time as Jira writes it: milliseconds, and no colon in the zone."""
    utc = time.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}+0000"


def local(jira: Jira, name: str) -> str:
    """The name of a type or a status as the site shows it."""
    return _GERMAN.get(name, f"{name} (deutsch)") if jira.localized else name


def issue_shape(jira: Jira, at: str, key: str, wanted: Collection[str] = ()) -> Json:
    """An issue with the wanted fields: ids, `*all`, and `-id` for all but that one. None wanted: all."""
    return {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": str(jira.id_of(key)),
        "self": f"{at}/issue/{jira.id_of(key)}",
        "key": key,
        "fields": _chosen(_fields(jira, at, key), wanted),
    }


def status_shape(jira: Jira, at: str, name: str, category: Category) -> Json:
    """A status and its category."""
    return {
        "self": f"{at}/status/{number(name)}",
        "description": "",
        "iconUrl": f"{at}/images/status.png",
        "name": local(jira, name),
        "id": str(number(name)),
        "statusCategory": _category(jira, at, category),
    }


def version_shape(at: str, project: str, name: str) -> Json:
    """A version of a project, not released."""
    own = number(f"{project}/{name}")
    return {"self": f"{at}/version/{own}", "id": str(own), "name": name, "archived": False, "released": False}


def project_shape(jira: Jira, at: str, key: str) -> Json:
    """A project as an issue shows it."""
    return {
        "self": f"{at}/project/{number(key)}",
        "id": str(number(key)),
        "key": key,
        "name": jira.all_projects()[key],
        "projectTypeKey": "software",
    }


def user_shape(jira: Jira, at: str, user: User) -> Json:
    """A user: by account on Cloud, by key and name on Data Center."""
    name = user.email.partition("@")[0]
    of_cloud = {
        "self": f"{at}/user?accountId={quote(user.account_id)}",
        "accountId": user.account_id,
        "accountType": "atlassian",
    }
    of_data_center = {"self": f"{at}/user?username={quote(name)}", "key": user.account_id, "name": name}
    return {
        **(of_cloud if jira.flavour == "cloud" else of_data_center),
        "emailAddress": user.email,
        "displayName": user.display_name,
        "active": True,
        "timeZone": "Etc/UTC",
    }


def _fields(jira: Jira, at: str, key: str) -> Json:
    issue, project = jira.issues[key], project_of(key)
    return {
        **_brief(jira, at, issue),
        **_above(jira, at, issue),
        "project": project_shape(jira, at, project),
        "fixVersions": [version_shape(at, project, name) for name in issue.fix_versions],
        "updated": moment(issue.updated),
    }


def _brief(jira: Jira, at: str, issue: Issue) -> Json:
    own = number(f"{issue.type}/{issue.level}")
    kind = {
        "self": f"{at}/issuetype/{own}",
        "id": str(own),
        "description": "",
        "iconUrl": f"{at}/images/type.png",
        "name": local(jira, issue.type),
        "subtask": issue.level == _SUB_TASK,
        **({"hierarchyLevel": issue.level} if jira.flavour == "cloud" else {}),
    }
    return {"summary": issue.summary, "issuetype": kind, "status": status_shape(jira, at, issue.status, issue.category)}


def _above(jira: Jira, at: str, issue: Issue) -> Json:
    """What is above: `parent` on Cloud and of sub-tasks; a base issue's epic stands in a field of its own elsewhere."""
    chain = jira.chain(issue.parent or "")
    above = chain[-1] if chain and not any(jira.issues[key].hidden for key in chain) else None
    if jira.flavour == "data-center" and issue.level != _SUB_TASK:
        return {
            jira.epic_link_field: above if issue.level == _BASE else None,
            jira.epic_name_field: issue.summary if issue.level == _EPIC else None,
        }
    if above is None:
        return {}
    own = jira.id_of(above)
    brief = _brief(jira, at, jira.issues[above])
    return {"parent": {"id": str(own), "key": above, "self": f"{at}/issue/{own}", "fields": brief}}


def _category(jira: Jira, at: str, category: Category) -> Json:
    own, name, colour = _CATEGORIES[category]
    return {
        "self": f"{at}/statuscategory/{own}",
        "id": own,
        "key": category,
        "colorName": colour,
        "name": local(jira, name),
    }


def _chosen(fields: Json, wanted: Collection[str]) -> Json:
    unwanted = {name[1:] for name in wanted if name.startswith("-")}
    named = {name for name in wanted if not name.startswith("-")}
    every = not named or bool(named & _ALL)
    return {name: value for name, value in fields.items() if (every or name in named) and name not in unwanted}
