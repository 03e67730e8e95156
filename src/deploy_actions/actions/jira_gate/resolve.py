"""Finds every issue that was named, and climbs from sub-tasks to stories and from stories to epics."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.clients.jira import JiraClient
from deploy_actions.clients.jira_issue import EPIC, STORY, SUB_TASK, Issue
from deploy_actions.clients.jira_keys import project_of, unique
from deploy_actions.clients.patience import Patience
from deploy_actions.core.verdict import Finding

_LOOKS_AGAIN_AFTER_SECONDS = (1.0, 2.0)
"""Cloud says 404 now and then of issues that exist: so many more looks, after such waits."""

_HIGHEST_CLIMB = 4


class Resolved(msgspec.Struct, frozen=True):
    """Every issue that counts, by its key now; which of them were named; and what kept others from being found."""

    issues: dict[str, Issue]
    named: tuple[str, ...]
    findings: tuple[Finding, ...]

    def story_of(self, issue: Issue) -> Issue | None:
        """The story that an issue is or belongs to; None for epics and what stands above."""
        for _ in range(_HIGHEST_CLIMB):
            if issue.level == STORY:
                return issue
            if issue.level != SUB_TASK or not issue.parent or issue.parent not in self.issues:
                return None
            issue = self.issues[issue.parent]
        return None

    def epic_of(self, issue: Issue) -> Issue | None:
        """The epic that an issue is or belongs to."""
        top = self.top_of(issue)
        return top if top and top.level == EPIC else None

    def top_of(self, issue: Issue) -> Issue | None:
        """Where the way up ends, at an epic at the latest; None where it leads out of sight or back to itself."""
        seen = set()
        while issue.level < EPIC and issue.parent:
            seen.add(issue.key)
            above = self.issues.get(issue.parent)
            if above is None or above.key in seen:
                return None
            issue = above
        return issue


def resolve(places: Mapping[str, str], jira: JiraClient, patience: Patience) -> Resolved:
    """Asks Jira. `places` says where each key stands. Raises ServiceError when Jira cannot be asked."""
    keys = tuple(places)
    found = jira.issues(keys)
    findings: list[Finding] = []
    now: dict[str, str] = {key: key for key in found}
    missing = [key for key in keys if key not in found]
    for key, issue in _look_again(missing, jira, patience).items():
        now[key] = issue.key
        found[issue.key] = issue
        if issue.key != key:
            findings.append(Reasons.moved(rule=key, key=key, now=issue.key))
    findings += _absent({key: places[key] for key in missing if key not in now}, jira)
    named = unique(now[key] for key in keys if key in now)
    issues = _with_parents(found, jira)
    return Resolved(issues, named, (*findings, *_unclear(issues.values(), issues)))


def _look_again(keys: Sequence[str], jira: JiraClient, patience: Patience) -> dict[str, Issue]:
    """Those of the issues that are there after all; the waits are for all of them together."""
    found: dict[str, Issue] = {}
    for seconds in (0.0, *_LOOKS_AGAIN_AFTER_SECONDS):
        missing = [key for key in keys if key not in found]
        if not missing or (seconds and not patience.wait(seconds)):
            break
        found |= {key: issue for key in missing if (issue := jira.issue(key))}
    return found


def _absent(places: Mapping[str, str], jira: JiraClient) -> list[Finding]:
    """Tells issues that are not there from those that may not be seen. Raises Refused for an invalid credential."""
    account = jira.myself() if places else ""
    seen = {project: jira.sees_project(project) for project in unique(map(project_of, places))}
    return [
        Reasons.not_found(rule=key, key=key, where=where)
        if seen[project_of(key)]
        else Reasons.no_permission(rule=key, key=key, where=where, account=account)
        for key, where in places.items()
    ]


def _with_parents(found: Mapping[str, Issue], jira: JiraClient) -> dict[str, Issue]:
    """The issues and all above them that were not named, a level at a time."""
    issues = dict(found)
    for _ in range(_HIGHEST_CLIMB):
        wanted = [issue.parent for issue in issues.values() if issue.parent and issue.level < EPIC]
        missing = unique(key for key in wanted if key not in issues)
        if not missing:
            break
        above = jira.issues(missing)
        if not above:
            break
        issues |= above
    return issues


def _unclear(issues: Iterable[Issue], known: Mapping[str, Issue]) -> list[Finding]:
    """Issues whose parent is named and cannot be seen, sub-tasks without one, and loops."""
    findings = []
    for issue in issues:
        if issue.level < EPIC and issue.parent and issue.parent not in known:
            problem = f"{issue.parent} may not be seen"
        elif issue.level == SUB_TASK and not issue.parent:
            problem = "it is a sub-task without a parent"
        elif _is_in_loop(issue, known):
            problem = "its parents lead back to itself"
        else:
            continue
        findings.append(Reasons.parent_unclear(rule=issue.key, key=issue.key, problem=problem))
    return findings


def _is_in_loop(issue: Issue, known: Mapping[str, Issue]) -> bool:
    seen: list[str] = []
    at: Issue | None = issue
    while at and at.level < EPIC:
        if at.key in seen:
            return True
        seen.append(at.key)
        at = known.get(at.parent or "")
    return False
