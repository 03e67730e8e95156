"""What version-gate may say."""

from deploy_actions.core.verdict import Decision, Reason

_WAY_OUT = (
    "Deploy a newer commit. If going back is what you want, name it: `allow-older: {sha}` with `allow-older-reason`."
)


class Reasons:
    """The vocabulary of version-gate; a version is shown as it is written, a commit by its first ten digits."""

    newer = Reason("newer", Decision.PASS, "{version} is {count} ahead of what is live, {live}.")
    same_commit = Reason("same-commit", Decision.PASS, "{version} is the commit that is live under the name {live}.")
    first_deploy = Reason("first-deploy", Decision.PASS, "No deploy to {environment} has succeeded before.")
    redeploying = Reason(
        "redeploying", Decision.PASS, "{version} is live already, and is deployed again, as `redeploy` says."
    )
    resuming = Reason(
        "resuming",
        Decision.PASS,
        "A deploy of {other} was interrupted{where} and left production half changed; this one takes over.",
    )
    last_failed = Reason(
        "last-deploy-failed",
        Decision.PASS,
        "A deploy of {other} failed{where} and may have left production half changed; this one mends it.",
    )
    already_live = Reason(
        "already-live",
        Decision.SKIP,
        "{version} is live already, so it is not deployed again; `redeploy: true` would.",
    )
    superseded = Reason(
        "superseded",
        Decision.SKIP,
        "Run {run} waits with {newer}, which holds {version}: it is deployed there and not here.",
    )
    version_not_told = Reason(
        "live-version-not-told",
        Decision.WARN,
        "The service does not tell its version: {cause}. By GitHub's record, {live} is live.",
        remedy="See whether production is up. If it is, mend `version-url` or `version-command`.",
    )
    version_unknown = Reason(
        "live-version-unknown",
        Decision.CANNOT_VERIFY,
        "It is not known which version is live: {cause}.",
        remedy="Mend `version-url` or `version-command`, or let GitHub's record decide: `on-unknown-version: record`.",
    )
    commit_unknown = Reason(
        "live-commit-unknown",
        Decision.CANNOT_VERIFY,
        "GitHub knows no commit {live}, which is live, so that nothing can be said of going back.",
        remedy="Push that commit, or a tag of that name. Or name what may go out: `allow-older: {sha}` with a reason.",
    )
    deliberately_older = Reason(
        "deliberately-older",
        Decision.WARN,
        "{version} is {relation} {live}, which is live, and goes out all the same; {actor} says why: {reason}",
        remedy="Check what the live version had and this one has not: data, settings, interfaces.",
    )
    backwards = Reason(
        "would-go-backwards",
        Decision.FAIL,
        "{version} is {count} behind what is live, {live}.",
        remedy=_WAY_OUT,
    )
    diverged = Reason(
        "diverged",
        Decision.FAIL,
        "{version} lacks {behind} that {live}, which is live, has.",
        remedy="Merge what is live into the branch first. Or, if it may be lost: `allow-older: {sha}` with a reason.",
    )
    reason_missing = Reason(
        "older-without-a-reason",
        Decision.FAIL,
        "`allow-older` names this commit, but `allow-older-reason` has fewer than {least} characters.",
        remedy="Say in `allow-older-reason` why production goes back.",
    )
    not_in_history = Reason(
        "not-in-history",
        Decision.FAIL,
        "{version} is not in the history of {head}, the commit that this run is for, so nobody has let it pass.",
        remedy="Name a commit of the branch that the run is for, or run the workflow for the branch that holds it.",
    )
    in_progress = Reason(
        "deploy-in-progress",
        Decision.FAIL,
        "Another run deploys {other} to {environment} right now{where}.",
        remedy="Wait for its end, then re-run this job. Give all deploys of the environment one concurrency group.",
    )
    held = Reason(
        "held",
        Decision.FAIL,
        "{environment} is held since a deploy of {other} failed{where}: nobody has cleared it.",
        remedy="When production is as it should be, clear it:"
        " `gh api repos/{repository}/deployments/{deployment}/statuses -f state=inactive -f description=cleared`."
        " Then re-run this job.",
    )
