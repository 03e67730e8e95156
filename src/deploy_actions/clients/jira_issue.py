"""An issue of Jira's, as Cloud and Data Center both tell of it."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy_actions.core.service_errors import Malformed

SUB_TASK, STORY, EPIC = -1, 0, 1
"""Levels of the hierarchy, as Cloud counts them (REST API v3, `hierarchyLevel`): names are translated, levels not."""

FIELDS = ("summary", "issuetype", "status", "parent", "project", "fixVersions", "updated")


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """`parent` is the key of the story of a sub-task, or of the epic of a story; `category` the key of the status's."""

    key: str
    type: str
    level: int
    status: str
    category: str
    parent: str | None
    fix_versions: tuple[str, ...]
    updated: datetime
    url: str


def issue_of(document: dict[str, Any], site: str, *, epic_link: str | None, epic_name: str | None) -> Issue:
    """The issue in an answer; the two names are those of Data Center's epic fields. Raises Malformed."""
    try:
        fields = document["fields"]
        kind, status = fields["issuetype"], fields["status"]
        return Issue(
            key=_text(document["key"]),
            type=_text(kind["name"]),
            level=_level(kind, fields, epic_name),
            status=_text(status["name"]),
            category=_text(status["statusCategory"]["key"]),
            parent=_parent(fields, epic_link),
            fix_versions=tuple(_text(version["name"]) for version in fields.get("fixVersions") or ()),
            updated=_moment(fields["updated"]),
            url=f"{site}/browse/{document['key']}",
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        raise Malformed("Jira", "reading an issue", "it has not the documented form") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _level(kind: dict[str, Any], fields: dict[str, Any], epic_name: str | None) -> int:
    """Cloud says the level. On Data Center a sub-task is one by its type, an epic by the name that only epics have."""
    level = kind.get("hierarchyLevel")
    if isinstance(level, int) and not isinstance(level, bool):
        return level
    if kind["subtask"] is True:
        return SUB_TASK
    return EPIC if epic_name and fields.get(epic_name) else STORY


def _parent(fields: dict[str, Any], epic_link: str | None) -> str | None:
    parent = fields.get("parent")
    if isinstance(parent, dict):
        return _text(parent["key"])
    linked = fields.get(epic_link) if epic_link else None
    return _text(linked) if linked else None


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
