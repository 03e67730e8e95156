"""What jira-gate may say."""

from deploy_actions.core.verdict import Decision, Reason


class Reasons:
    """The vocabulary of jira-gate; `rule` of a finding is the issue's key."""

    accepted = Reason(
        "issue-accepted",
        Decision.PASS,
        "{key} ({type}) is `{status}`{under}.",
    )
    moved = Reason(
        "issue-moved",
        Decision.PASS,
        "{key} was moved and is now {now}, under which it was checked.",
    )
    none_required = Reason(
        "no-issue-required",
        Decision.SKIP,
        "No issue is named, and none is required.",
    )
    no_key = Reason(
        "no-issue-key",
        Decision.FAIL,
        "No key of the projects {projects} was found in {sources}.",
        remedy="Name the story in the commits, the branch or the pull request, as in `{example}-12`, or give `keys`.",
    )
    recently_checked = Reason(
        "recently-checked",
        Decision.SKIP,
        "The issues were checked {age} ago, which `revalidate-after` lets stand.",
    )
    wrong_project = Reason(
        "project-not-allowed",
        Decision.FAIL,
        "{key} belongs to none of the projects {projects}.",
        remedy="Name an issue of these projects, or add its project to `projects` where the gate is called.",
    )
    not_found = Reason(
        "issue-not-found",
        Decision.FAIL,
        "{key} does not exist in Jira, which the account may otherwise see.",
        remedy="Correct the key where it stands: {where}.",
    )
    no_permission = Reason(
        "no-permission",
        Decision.CANNOT_VERIFY,
        "Whether {key} exists cannot be told: the account {account} may not see its project.",
        remedy="Give the account the permission Browse Projects in that project, or correct the key: {where}.",
    )
    no_story = Reason(
        "no-story",
        Decision.FAIL,
        "No story is named, only {keys}.",
        remedy="Name the story or task that is deployed; a gate that needs none says `require: epic`.",
    )
    no_epic = Reason(
        "no-epic",
        Decision.FAIL,
        "No epic is named, and none of the issues belongs to one.",
        remedy="Put the story into its epic in Jira, or name the epic.",
    )
    story_without_epic = Reason(
        "story-without-epic",
        Decision.FAIL,
        "{key} ({type}) belongs to no epic.",
        remedy="Put {key} into its epic in Jira, then re-run the job.",
    )
    wrong_level = Reason(
        "wrong-issue-type",
        Decision.FAIL,
        "{key} ({type}) stands above epics, and cannot be what is deployed.",
        remedy="Name the story that is deployed.",
    )
    parent_unclear = Reason(
        "parent-unclear",
        Decision.CANNOT_VERIFY,
        "The issue above {key} cannot be told: {problem}.",
        remedy="Correct the parent of {key} in Jira, and see that the account may see it.",
    )
    status_not_allowed = Reason(
        "status-not-allowed",
        Decision.FAIL,
        "{key} is `{status}` (category `{category}`), and only {allowed} may be deployed.",
        remedy="Move {key} on in Jira, or correct what the gate allows.",
    )
    status_denied = Reason(
        "status-denied",
        Decision.FAIL,
        "{key} is `{status}`, which is among the denied statuses.",
        remedy="Move {key} on in Jira, then re-run the job.",
    )
    fix_version_missing = Reason(
        "fix-version-missing",
        Decision.FAIL,
        "{key} is not marked for version {version}.",
        remedy="Add the fix version {version} to {key} in Jira, or correct `fix-version`.",
    )
    stale = Reason(
        "issue-stale",
        Decision.FAIL,
        "{key} was last updated {days} days ago; at most {most} are allowed.",
        remedy="Check that {key} is really what is deployed, and update it in Jira.",
    )
    clock_implausible = Reason(
        "clock-implausible",
        Decision.CANNOT_VERIFY,
        "This host's clock says {now}, long before {key} was last updated, so no age can be judged by it.",
        remedy="Set this host's clock, let a time service such as chrony keep it, then re-run the job.",
    )
    jql_mismatch = Reason(
        "jql-mismatch",
        Decision.FAIL,
        "{key} does not match the query that every deployed issue must match.",
        remedy="Mend what the query asks for in {key}, or correct `jql`.",
    )
    commit_ignored = Reason(
        "commit-without-issue",
        Decision.SKIP,
        "Commit {sha} names no issue: {subject}",
    )
    commit_warned = Reason(
        "commit-without-issue-warned",
        Decision.WARN,
        "Commit {sha} names no issue: {subject}",
        remedy="Name the issue in commits from now on; this one is on record in this result.",
    )
    commit_refused = Reason(
        "commit-without-issue-refused",
        Decision.FAIL,
        "Commit {sha} names no issue: {subject}",
        remedy="Reword the commit, or have its pull request name the issue and use the source `pull-request`.",
    )
    first_deployment = Reason(
        "first-deployment",
        Decision.PASS,
        "No deployment of {environment} has succeeded before, so only commit {sha} was looked at.",
    )
    bypassed = Reason(
        "jira-bypassed",
        Decision.WARN,
        "Jira could not be asked ({error}), and {actor} bypasses it until {until}: {reason}",
        remedy="Check {keys} by hand, and run the gate again when Jira is back.",
    )
    bypass_refused = Reason(
        "bypass-refused",
        Decision.CANNOT_VERIFY,
        "Jira could not be asked, and the bypass does not hold: {problem}.",
        remedy="Wait for Jira, or have somebody who may give a reason and an end within 24 hours.",
    )
