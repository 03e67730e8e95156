"""What conclude-deploy may say: one reason for each way in which a deploy can end."""

from deploy_actions.core.verdict import Decision, Reason

_FAILED = "{version} was not deployed well to {environment}: {cause}."


class Reasons:
    """The vocabulary of conclude-deploy; `{healthy}` says which version was last healthy."""

    deployed = Reason("deployed", Decision.PASS, "{version} is live in {environment}{health}.")
    degraded = Reason(
        "deployed-degraded",
        Decision.WARN,
        "{version} is live in {environment}, and something that is not critical is impaired.",
        remedy="Look at health-check's findings, and mend what they name.",
    )
    already_live = Reason(
        "already-live", Decision.SKIP, "{version} was live in {environment} already{health}, and was left as it was."
    )
    already_unhealthy = Reason(
        "already-live-unhealthy",
        Decision.FAIL,
        "{version} was live in {environment} already, and is not healthy: {cause}.",
        remedy="Nothing was changed here. Find out what ails production; `redeploy: true` deploys the version again.",
    )
    superseded = Reason(
        "superseded", Decision.SKIP, "{version} was left out: a newer run that waits holds it. Nothing was changed."
    )
    not_deployed = Reason(
        "not-deployed",
        Decision.FAIL,
        "{version} was not deployed to {environment}: {cause}. Nothing was changed.",
        remedy="Do what the findings of {gate} say, then re-run the job.",
    )
    fix_forward = Reason(
        "fix-forward",
        Decision.FAIL,
        _FAILED + " Production is left as it is. {healthy}",
        remedy="Correct the cause and deploy a newer version; nothing stands in its way.{runbook}",
    )
    interrupted = Reason(
        "interrupted-deploy",
        Decision.FAIL,
        "The deploy of {version} to {environment} was broken off: {cause}. Production may be half changed. {healthy}",
        remedy="Look at production now, then deploy again; the next run takes over.{runbook}",
    )
    held = Reason(
        "on-hold",
        Decision.FAIL,
        _FAILED + " Production is left as it is, and further deploys are held. {healthy}",
        remedy="Mend production, then clear the hold: the next run's version-gate shows the command.{runbook}",
    )
    rolled_back = Reason(
        "rolled-back",
        Decision.FAIL,
        _FAILED + " It was rolled back: {restored} is live again{health}.",
        remedy="Correct the cause, then deploy a newer version.{runbook}",
    )
    rollback_unhealthy = Reason(
        "rolled-back-unhealthy",
        Decision.FAIL,
        _FAILED + " It was rolled back to {restored}, which is not healthy either: {after}.",
        remedy="Look at production now: neither version works.{runbook}",
    )
    rollback_unchecked = Reason(
        "rolled-back-unchecked",
        Decision.FAIL,
        _FAILED + " It was rolled back to {restored}; whether that is healthy is not known: {after}.",
        remedy="Look at production now.{runbook}",
    )
    rollback_failed = Reason(
        "rollback-failed",
        Decision.FAIL,
        _FAILED + " The rollback failed too: {after}. Production may be half changed twice. {healthy}",
        remedy="Look at production now, and mend it by hand or by a newer version.{runbook}",
    )
    rollback_forbidden = Reason(
        "not-rolled-back",
        Decision.FAIL,
        _FAILED + " It was not rolled back: {after}. Production is left as it is. {healthy}",
        remedy="Fix forward: correct the cause and deploy a newer version.{runbook}",
    )
    evidence_kept = Reason("evidence-kept", Decision.SKIP, "The evidence is in `{file}`; its SHA-256 is {digest}.")
    evidence_incomplete = Reason(
        "evidence-incomplete",
        Decision.WARN,
        "The evidence lacks {what}: {cause}.",
        remedy="Give the token what the action's page names. The deploy itself stands as it is said here.",
    )
    evidence_not_written = Reason(
        "evidence-not-written",
        Decision.WARN,
        "The evidence could not be written: {cause}.",
        remedy="Check `evidence-file` and its folder. What this summary says is then the only record.",
    )
    not_reported = Reason(
        "deployment-not-reported",
        Decision.WARN,
        "GitHub's record of the deployment could not be brought up to date: {cause}.",
        remedy="Give the job `deployments: write`, and correct the record by hand.",
    )
