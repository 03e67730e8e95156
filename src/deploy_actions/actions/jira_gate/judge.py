"""Judges what was found: pure, from the issues and the rules."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.actions.jira_gate.resolve import Resolved
from deploy_actions.clients.jira_issue import EPIC, STORY, Issue
from deploy_actions.core.choices import Choice, Choices
from deploy_actions.core.input_types import Duration
from deploy_actions.core.verdict import Finding

_MOST_AHEAD = timedelta(days=1)


class Requirement(Choice):
    """What must be named or climbed to."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("both", "story", "epic", "none")

    @property
    def story(self) -> bool:
        """Whether a story is required."""
        return self in ("both", "story")

    @property
    def epic(self) -> bool:
        """Whether an epic is required."""
        return self in ("both", "epic")


class StatusCategories(Choices):
    """Keys of status categories, which are the same in every language and workflow."""

    words: ClassVar[tuple[str, ...]] = ("new", "indeterminate", "done")


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What an issue must be like to be deployed."""

    require: Requirement
    story_categories: StatusCategories
    epic_categories: StatusCategories
    allowed_statuses: tuple[str, ...]
    denied_statuses: tuple[str, ...]
    fix_version: str
    max_age: Duration | None


def judge(resolved: Resolved, rules: Rules, matching: frozenset[str] | None, now: datetime) -> Iterator[Finding]:
    """All that is to be said of the issues. `matching` are the keys that match the query; None without a query."""
    named = [resolved.issues[key] for key in resolved.named]
    if not named:
        return
    stories = {story.key: story for issue in named if (story := resolved.story_of(issue))}
    epics = {epic.key: epic for issue in named if (epic := resolved.epic_of(issue))}
    yield from (Reasons.wrong_level(rule=i.key, key=i.key, type=i.type) for i in named if i.level > EPIC)
    if rules.require.story and all(issue.level >= EPIC for issue in named):
        yield Reasons.no_story(keys=", ".join(issue.key for issue in named))
    if rules.require.epic and all(issue.level > EPIC for issue in named):
        yield Reasons.no_epic()
    for story in stories.values():
        faults = [*_story_faults(story, resolved, rules, now)]
        if matching is not None and story.key not in matching:
            faults.append(Reasons.jql_mismatch(rule=story.key, key=story.key))
        yield from faults or [_accepted(story, resolved.epic_of(story))]
    judged = [epic for epic in epics.values() if rules.require.epic or epic.key in resolved.named]
    for epic in judged:
        yield from list(_status_faults(epic, rules, rules.epic_categories)) or [_accepted(epic, None)]


def _accepted(issue: Issue, epic: Issue | None) -> Finding:
    under = f", in epic {epic.key}" if epic else ""
    return Reasons.accepted(rule=issue.key, key=issue.key, type=issue.type, status=issue.status, under=under)


def _story_faults(story: Issue, resolved: Resolved, rules: Rules, now: datetime) -> Iterator[Finding]:
    key = story.key
    top = resolved.top_of(story)
    if rules.require.epic and top and top.level != EPIC:
        yield Reasons.story_without_epic(rule=key, key=key, type=story.type)
    yield from _status_faults(story, rules, rules.story_categories)
    if rules.fix_version and rules.fix_version not in story.fix_versions:
        yield Reasons.fix_version_missing(rule=key, key=key, version=rules.fix_version)
    if rules.max_age and story.updated - now > _MOST_AHEAD:
        yield Reasons.clock_implausible(rule=key, key=key, now=f"{now:%Y-%m-%d %H:%M} UTC")
    if rules.max_age and now - story.updated > rules.max_age.timedelta:
        yield Reasons.stale(rule=key, key=key, days=(now - story.updated).days, most=rules.max_age)


def _status_faults(issue: Issue, rules: Rules, categories: StatusCategories) -> Iterator[Finding]:
    status = issue.status.casefold()
    if status in map(str.casefold, rules.denied_statuses):
        yield Reasons.status_denied(rule=issue.key, key=issue.key, status=issue.status)
    elif issue.level == STORY and rules.allowed_statuses and status not in map(str.casefold, rules.allowed_statuses):
        yield _not_allowed(issue, ", ".join(f"`{status}`" for status in rules.allowed_statuses))
    elif issue.category not in categories:
        yield _not_allowed(issue, " and ".join(f"category `{category}`" for category in categories))


def _not_allowed(issue: Issue, allowed: str) -> Finding:
    return Reasons.status_not_allowed(
        rule=issue.key, key=issue.key, status=issue.status, category=issue.category, allowed=allowed
    )
