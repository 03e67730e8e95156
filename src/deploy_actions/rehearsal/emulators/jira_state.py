"""What a Jira site holds, as plain data that a test or a scenario file gives."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
Category: TypeAlias = Literal["new", "indeterminate", "done", "undefined"]
Note: TypeAlias = dict[str, object]

_FIRST_ID = 10000


def _now() -> datetime:
    return datetime.now(UTC)


class User(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A user; `account_id` is Cloud's, on Data Center it is the key. Data Center's name is the e-mail's first part.

    Without `can_write` every write is answered with status 403.
    """

    display_name: str
    email: str
    account_id: str = "emulated-account"
    can_write: bool = True


class Issue(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """An issue. `level`: -1 sub-task, 0 base, 1 epic, 2 above. `parent`: its key.

    `moved_to`: only the old key of that issue. `hidden`: there, but nobody may see it. `heals_after`: how many more
    requests that name it see nothing. `transitions`: the only statuses it may go to; null for all of the site's.
    `remote_links` and `comments` are as they were posted; comments with `author` (the account) and `created` besides.
    """

    summary: str
    type: str = "Story"
    level: int = 0
    parent: str | None = None
    status: str = "In Progress"
    category: Category = "indeterminate"
    updated: Moment = msgspec.field(default_factory=_now)
    fix_versions: list[str] = []
    moved_to: str | None = None
    hidden: bool = False
    heals_after: int = 0
    transitions: list[str] | None = None
    remote_links: list[Note] = []
    comments: list[Note] = []

    def touch(self) -> None:
        """Updated now, as everything that is written to an issue makes it."""
        self.updated = _now()


class Jira(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A Jira site: users by credential, issues by key, names of projects by key, names of versions by project's key.

    `down`: status 503 everywhere. `rate_limited`: how many more requests are answered with 429. `localized`: names of
    types and statuses are German. `statuses`: where an issue may go, and the category that stands there.
    """

    users: dict[str, User] = {}
    flavour: Literal["cloud", "data-center"] = "cloud"
    down: bool = False
    issues: dict[str, Issue] = {}
    projects: dict[str, str] = {}
    versions: dict[str, list[str]] = {}
    statuses: dict[str, Category] = msgspec.field(
        default_factory=lambda: {"To Do": "new", "In Progress": "indeterminate", "Done": "done"}
    )
    rate_limited: int = 0
    localized: bool = False
    epic_link_field: str = "customfield_10014"

    @property
    def epic_name_field(self) -> str:
        """The custom field that Data Center's epics have, and nothing else has."""
        return f"customfield_{int(self.epic_link_field.removeprefix('customfield_')) + 1}"

    def chain(self, asked: str) -> list[str]:
        """The keys from the one asked for (or the id) to the one it has now; empty if they lead nowhere."""
        keys: list[str] = []
        following: str | None = self._key(asked)
        while following is not None:
            if following in keys or following not in self.issues:
                return []
            keys.append(following)
            following = self.issues[following].moved_to
        return keys

    def id_of(self, key: str) -> int:
        """The number of an issue; the order in which they were given is the order of their numbers."""
        return _FIRST_ID + list(self.issues).index(key)

    def seen(self) -> list[str]:
        """Keys of the issues that users see, in the order of their numbers."""
        return [key for key, one in self.issues.items() if not (one.moved_to or one.hidden or one.heals_after > 0)]

    def all_projects(self) -> dict[str, str]:
        """Names of projects by key: those given, those with versions, and those of issues that are not hidden."""
        shown = (key for key, issue in self.issues.items() if not (issue.moved_to or issue.hidden))
        keys = [*self.projects, *self.versions, *(project_of(key) for key in shown)]
        return {key: self.projects.get(key, f"Project {key}") for key in keys}

    def versions_of(self, project: str) -> list[str]:
        """Names of a project's versions: those given, and those that its issues have."""
        of_issues = (
            name for key, one in self.issues.items() if project_of(key) == project for name in one.fix_versions
        )
        return list(dict.fromkeys([*self.versions.get(project, []), *of_issues]))

    def all_statuses(self) -> dict[str, Category]:
        """Categories by status: those an issue may go to, and those that issues have."""
        return {**{one.status: one.category for one in self.issues.values()}, **self.statuses}

    def _key(self, asked: str) -> str | None:
        if asked.isdecimal():
            return next((key for key in self.issues if str(self.id_of(key)) == asked), None)
        return next((key for key in self.issues if key.casefold() == asked.casefold()), None)


def project_of(key: str) -> str:
    """The project's key in an issue's."""
    return key.rpartition("-")[0]
