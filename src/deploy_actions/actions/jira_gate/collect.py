"""Collects the keys that a deploy names, from every source that is asked for."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import msgspec

from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.clients.github import Commit, GitHubClient
from deploy_actions.clients.jira_keys import IssueKeys, ProjectKeys, keys_in, unique
from deploy_actions.core.choices import Choice, Choices
from deploy_actions.core.verdict import Finding, Reason

_SHORT = 10
_SUBJECT_CHARACTERS = 100


class Sources(Choices):
    """Where keys are looked for."""

    words: ClassVar[tuple[str, ...]] = ("keys", "branch", "tag", "commits", "pull-request")

    @property
    def ask_github(self) -> bool:
        """Whether GitHub must be asked."""
        return bool({"commits", "pull-request"} & set(self))


class CommitPolicy(Choice):
    """What follows from a commit that names no issue."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("ignore", "warn", "fail")

    @property
    def reason(self) -> Reason:
        """The reason that a finding has."""
        reasons = {"ignore": Reasons.commit_ignored, "warn": Reasons.commit_warned}
        return reasons.get(self, Reasons.commit_refused)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `since` is a commit, None for that of the last successful deployment of the environment."""

    sources: Sources
    projects: ProjectKeys
    keys: IssueKeys
    branch: str
    tag: str
    sha: str
    since: str | None
    environment: str
    commits_without_issue: CommitPolicy


class Collected(msgspec.Struct, frozen=True):
    """The keys in the order of their first mention, where each stands in words, and what was noticed on the way."""

    places: dict[str, str]
    findings: tuple[Finding, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys."""
        return tuple(self.places)


def collect(wanted: Wanted, github: GitHubClient | None) -> Collected:
    """Looks through every source. Raises ServiceError when GitHub cannot be asked."""
    places: dict[str, str] = {}
    for place, text in _written(wanted):
        for key in keys_in(text, wanted.projects):
            places.setdefault(key, place)
    if "keys" in wanted.sources:
        places = {**dict.fromkeys(wanted.keys, "the input `keys`"), **places}
    if github is None:
        return Collected(places, ())
    findings: list[Finding] = []
    commits = _commits(wanted, github, findings) if "commits" in wanted.sources else ()
    of_pulls = _pull_request_keys(wanted, github) if "pull-request" in wanted.sources else ()
    for commit in commits:
        for key in keys_in(commit.message, wanted.projects):
            places.setdefault(key, f"commit {commit.sha[:_SHORT]}")
    for key in of_pulls:
        places.setdefault(key, "the pull request")
    return Collected(places, (*findings, *_without_issue(wanted, commits)))


def _written(wanted: Wanted) -> Iterator[tuple[str, str]]:
    if "branch" in wanted.sources:
        yield f"the branch {wanted.branch}", wanted.branch
    if "tag" in wanted.sources:
        yield f"the tag {wanted.tag}", wanted.tag


def _commits(wanted: Wanted, github: GitHubClient, findings: list[Finding]) -> tuple[Commit, ...]:
    """The whole range that is deployed; where it brings nothing new, as a rollback does, the commit itself."""
    since = wanted.since or github.last_deployed(wanted.environment)
    if since is None:
        findings.append(Reasons.first_deployment(environment=wanted.environment, sha=wanted.sha[:_SHORT]))
        return (github.commit(wanted.sha),)
    return github.commits_between(since, wanted.sha) or (github.commit(wanted.sha),)


def _pull_request_keys(wanted: Wanted, github: GitHubClient) -> tuple[str, ...]:
    texts = github.pull_request_texts(wanted.sha)
    return unique(key for text in texts for key in keys_in(text, wanted.projects))


def _without_issue(wanted: Wanted, commits: Sequence[Commit]) -> Iterator[Finding]:
    """A finding for each commit that names none; merges, whose text nobody writes, are passed over."""
    for commit in commits:
        if not commit.is_merge and not any(keys_in(commit.message, wanted.projects)):
            subject = commit.message.partition("\n")[0][:_SUBJECT_CHARACTERS]
            yield wanted.commits_without_issue.reason(
                rule=commit.sha[:_SHORT], sha=commit.sha[:_SHORT], subject=subject
            )
