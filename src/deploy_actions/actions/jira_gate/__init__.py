"""Stops a deploy that names no real, valid Jira epic and story, in the whole range of commits that it brings.

Asks Jira (Cloud or Data Center) for every issue that is named, climbs from sub-tasks to stories and to epics, and
judges them by level and status category, never by translated names. Asks GitHub which commits are deployed. Writes
nothing.
"""

from collections.abc import Sequence

import msgspec

from deploy_actions.actions.jira_gate.bypass import Bypass, WhenUnavailable
from deploy_actions.actions.jira_gate.collect import Collected, CommitPolicy, Sources, Wanted, collect
from deploy_actions.actions.jira_gate.judge import Requirement, Rules, StatusCategories, judge
from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.actions.jira_gate.resolve import Resolved, resolve
from deploy_actions.actions.jira_gate.revalidation import standing_check
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.jira_issue import EPIC, Issue
from deploy_actions.clients.jira_keys import IssueKeys, ProjectKeys, project_of
from deploy_actions.clients.jira_types import JiraInputs
from deploy_actions.clients.patience import Patience
from deploy_actions.core.action import Action
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import InvalidInput, Outputs, Record, optional, output, required
from deploy_actions.core.input_types import Duration, Lines
from deploy_actions.core.moments import Moment, written
from deploy_actions.core.ports import Clock, Http
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import RateLimited, Unreachable
from deploy_actions.core.verdict import Decision, Finding, Report


class JiraGateInputs(JiraInputs, frozen=True):
    """What must be named, where to look, and what the issues must be like."""

    projects: ProjectKeys = required("The keys of the projects whose issues count, as in `PAY, SHOP`; no others do.")
    sources: Sources = optional(
        "keys, branch, commits, pull-request",
        "Where keys are looked for: `keys`, `branch`, `tag`, `commits`, `pull-request`.",
    )
    keys: IssueKeys = optional("", "Keys that are given by hand.")
    branch: str = optional("", "The branch that is deployed.")
    tag: str = optional("", "The tag that is deployed.")
    sha: str = optional("", "The commit that is deployed.")
    since: str | None = optional(
        "", "The commit after which the range begins; by default that of the environment's last successful deployment."
    )
    repository: RepositoryName | None = optional("", "The repository that is deployed, as in `acme/orders`.")
    environment: str = optional("production", "The environment whose last successful deployment begins the range.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret | None = optional(
        "",
        "A token that may read contents, deployments and pull requests, for the sources that need it.",
    )
    commits_without_issue: CommitPolicy = optional("warn", "What follows from a commit that names no issue.")
    require: Requirement = optional("both", "What must be named, or climbed to: `both`, `story`, `epic`, or `none`.")
    allowed_status_categories: StatusCategories = optional(
        "indeterminate, done", "The status categories in which a story may be deployed."
    )
    allowed_epic_status_categories: StatusCategories = optional(
        "new, indeterminate", "The status categories in which an epic may be deployed into."
    )
    allowed_statuses: Lines = optional("", "Names of the statuses in which a story may be deployed; none given: any.")
    denied_statuses: Lines = optional("", "Names of statuses that stop a deploy.")
    fix_version: str = optional("", "The fix version that every story must have.")
    jql: str = optional("", "A query that every story must match besides.")
    max_age: Duration | None = optional("", "How long ago a story may have been updated at most.")
    checked_at: Moment | None = optional("", "When the gate was made before: its output `checked-at`.")
    revalidate_after: Duration | None = optional(
        "", "How old that check may be: until then nothing is asked again. Empty: everything always is."
    )
    on_jira_unavailable: WhenUnavailable = optional(
        "fail", "What follows then: `fail`, or `bypass` with the four inputs below."
    )
    bypass_reason: str = optional("", "Why Jira is bypassed, in 20 characters or more.")
    bypass_actor: str = optional("", "Who bypasses it.")
    bypass_allowed_actors: Lines = optional("", "Who may bypass it.")
    bypass_until: str = optional("", "Until when, at most 24 hours away, as in `2026-11-24T18:00Z`.")


class CheckedIssue(Record, frozen=True):
    """One issue that was named, or that one of these belongs to."""

    key: str | None = output("Its key.")
    type: str | None = output("The name of its type, as Jira shows it.")
    level: int | None = output("Its level: -1 sub-task, 0 story, 1 epic.")
    status: str | None = output("The name of its status.")
    status_category: str | None = output("`new`, `indeterminate` or `done`.")
    epic: str | None = output("The key of its epic.")
    verdict: str | None = output("`pass`, or what the gravest finding about it decides.")
    url: str | None = output("Where people see it.")


class JiraGateOutputs(Outputs, frozen=True):
    """What was checked."""

    keys: tuple[str, ...] | None = output("The keys that were named, as a JSON list, also when Jira was bypassed.")
    epic: str | None = output("The key of the first epic.")
    stories: tuple[str, ...] | None = output("The keys of the stories, as a JSON list.")
    issues: tuple[CheckedIssue, ...] | None = output("Every issue that was checked, as a JSON list.")
    checked_at: str | None = output("When the gate was made, as in `2026-11-24T18:00:00Z`.")


def run(inputs: JiraGateInputs, http: Http, clock: Clock) -> Report:
    """Collects the keys, asks Jira for each, and judges them; not again where that was done a short while ago."""
    now = clock.now()
    if standing := standing_check(inputs.checked_at, inputs.revalidate_after, now):
        return Report(
            findings=(standing,), outputs=JiraGateOutputs(keys=inputs.keys, checked_at=str(inputs.checked_at))
        )
    report = _gate(inputs, http, clock)
    outputs = report.outputs if isinstance(report.outputs, JiraGateOutputs) else JiraGateOutputs()
    if any(finding.reason_code == Reasons.bypassed.code for finding in report.findings):
        return report  # nobody was asked, so nothing was checked that could stand
    made = msgspec.structs.replace(outputs, checked_at=written(now))
    return msgspec.structs.replace(report, outputs=made)


def _gate(inputs: JiraGateInputs, http: Http, clock: Clock) -> Report:
    patience = Patience(http, clock, inputs.timeout.timedelta)
    collected = collect(_wanted(inputs), _github(inputs, patience))
    foreign = [key for key in collected.keys if project_of(key) not in inputs.projects]
    findings = [*collected.findings, *(_wrong_project(key, inputs) for key in foreign)]
    places = {key: place for key, place in collected.places.items() if key not in foreign}
    if not places:
        return Report(findings=(*findings, *_nothing_named(inputs, collected)))
    try:
        resolved, judged = _ask_jira(inputs, places, patience, clock)
    except (Unreachable, RateLimited) as error:
        if inputs.on_jira_unavailable != "bypass":
            raise
        finding = _bypass(inputs).judge(error, tuple(places), clock.now())
        return Report(findings=(*findings, finding), outputs=JiraGateOutputs(keys=tuple(places)))
    findings += [*resolved.findings, *judged]
    return Report(findings=tuple(findings), outputs=_outputs(resolved, findings))


def _ask_jira(
    inputs: JiraGateInputs, places: dict[str, str], patience: Patience, clock: Clock
) -> tuple[Resolved, list[Finding]]:
    jira = inputs.client(patience)
    resolved = resolve(places, jira, patience)
    named = [resolved.issues[key] for key in resolved.named]
    stories = sorted({story.key for issue in named if (story := resolved.story_of(issue))})
    matching = jira.matching(stories, inputs.jql) if inputs.jql and stories else None
    return resolved, list(judge(resolved, _rules(inputs), matching, clock.now()))


def _github(inputs: JiraGateInputs, patience: Patience) -> GitHubClient | None:
    """The client, if a source needs it. Raises InvalidInput when what it needs is not given."""
    if not inputs.sources.ask_github:
        return None
    for name, value in (("github-token", inputs.github_token), ("repository", inputs.repository), ("sha", inputs.sha)):
        if not value:
            raise InvalidInput("sources", f"holds `commits` or `pull-request`, for which `{name}` is needed.")
    return GitHubClient(inputs.api_url, str(inputs.repository), inputs.github_token or Secret(""), patience)


def _wanted(inputs: JiraGateInputs) -> Wanted:
    return Wanted(
        sources=inputs.sources,
        projects=inputs.projects,
        keys=inputs.keys,
        branch=inputs.branch,
        tag=inputs.tag,
        sha=inputs.sha,
        since=inputs.since,
        environment=inputs.environment,
        commits_without_issue=inputs.commits_without_issue,
    )


def _rules(inputs: JiraGateInputs) -> Rules:
    return Rules(
        require=inputs.require,
        story_categories=inputs.allowed_status_categories,
        epic_categories=inputs.allowed_epic_status_categories,
        allowed_statuses=inputs.allowed_statuses,
        denied_statuses=inputs.denied_statuses,
        fix_version=inputs.fix_version,
        max_age=inputs.max_age,
    )


def _bypass(inputs: JiraGateInputs) -> Bypass:
    return Bypass(
        actor=inputs.bypass_actor,
        reason=inputs.bypass_reason,
        until=inputs.bypass_until,
        allowed_actors=inputs.bypass_allowed_actors,
    )


def _wrong_project(key: str, inputs: JiraGateInputs) -> Finding:
    return Reasons.wrong_project(rule=key, key=key, projects=", ".join(inputs.projects))


def _nothing_named(inputs: JiraGateInputs, collected: Collected) -> list[Finding]:
    if collected.places:
        return []
    if inputs.require == "none":
        return [Reasons.none_required()]
    sources, projects = ", ".join(inputs.sources), ", ".join(inputs.projects)
    return [Reasons.no_key(sources=sources, projects=projects, example=inputs.projects[0])]


def _outputs(resolved: Resolved, findings: Sequence[Finding]) -> JiraGateOutputs:
    named = [resolved.issues[key] for key in resolved.named]
    stories = [story.key for issue in named if (story := resolved.story_of(issue))]
    epics = [epic.key for issue in named if (epic := resolved.epic_of(issue))]
    shown = [issue for issue in resolved.issues.values() if issue.key in {*resolved.named, *stories, *epics}]
    return JiraGateOutputs(
        keys=resolved.named,
        epic=epics[0] if epics else None,
        stories=tuple(dict.fromkeys(stories)),
        issues=tuple(_checked(issue, resolved, findings) for issue in shown),
    )


def _checked(issue: Issue, resolved: Resolved, findings: Sequence[Finding]) -> CheckedIssue:
    about = [finding.decision for finding in findings if finding.rule == issue.key]
    epic = resolved.epic_of(issue) if issue.level != EPIC else None
    return CheckedIssue(
        key=issue.key,
        type=issue.type,
        level=issue.level,
        status=issue.status,
        status_category=issue.category,
        epic=epic.key if epic else None,
        verdict=max(about, key=lambda decision: decision.gravity, default=Decision.PASS).value,
        url=issue.url,
    )


ACTION = Action(
    run=run,
    inputs=JiraGateInputs,
    outputs=JiraGateOutputs,
    reasons=Reasons,
    permissions={
        "contents": "the commits of the range that is deployed",
        "deployments": "the last successful deployment of the environment, after which the range begins",
        "pull-requests": "title and body of the pull request that brought the commit",
    },
)
