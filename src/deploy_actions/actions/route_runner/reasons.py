"""What route-runner may say."""

from deploy_actions.core.verdict import Decision, Reason

_BACK = "The next run looks at the primary again by itself."


class Reasons:
    """The vocabulary of route-runner; `rule` of a finding is the pool."""

    primary = Reason("primary-chosen", Decision.PASS, "The deploy goes to the primary pool `{pool}` ({how}).")
    failed_over = Reason(
        "failed-over",
        Decision.WARN,
        "The deploy goes to the secondary pool `{pool}` ({how}), approved by {approved_by} until {until}. {why}",
        remedy="Mend what keeps it from the primary. " + _BACK,
    )
    forced = Reason(
        "role-forced",
        Decision.WARN,
        "The deploy goes to the {role} pool `{pool}` because somebody forced it: {reason}",
        remedy="Take `force-role` away when the drill is over.",
    )
    declared_primary = Reason(
        "declared-primary",
        Decision.PASS,
        "The deploy goes to the primary pool `{pool}`, as {by}. GitHub was not asked whether its runners are there.",
    )
    declared_secondary = Reason(
        "declared-secondary",
        Decision.WARN,
        "The deploy goes to the secondary pool `{pool}`, approved by {approved_by} until {until}, as {by}.",
        remedy="Set the repository's variable `{variable}` back to `primary` when the primary is well again.",
    )
    ends_soon = Reason(
        "approval-ends-soon",
        Decision.WARN,
        "The approval of pool `{pool}` by {approved_by} ends with {until}.",
        remedy="Have it approved again in the policy, or no deploy goes there any more.",
    )
    intruder = Reason(
        "unapproved-runner",
        Decision.WARN,
        "Pool `{pool}` was left out: {names} could take its jobs, and nobody approved that.",
        remedy="Take the labels or the group from the runner, or have it approved by name in the policy.",
    )
    waits = Reason(
        "waits-in-line",
        Decision.WARN,
        "The deploy goes to the {role} pool `{pool}`, whose runners that are well are all busy ({names}). It waits in"
        " line at GitHub, which drops a queued job after 24 h. {why}",
        remedy="Nothing, if they will be idle in time; else cancel the run, and re-run all jobs later.",
    )
    unfit_within_reach = Reason(
        "unfit-runner-in-reach",
        Decision.WARN,
        "GitHub may also send the deploy to a runner of pool `{pool}` that was found unfit for it: {whys}."
        " verify-runner would then stop the deploy.",
        remedy="Mend the runner, or take its labels away, or stop its service.",
    )
    restriction_unknown = Reason(
        "workflow-restriction-unknown",
        Decision.WARN,
        "The runner group {group} of pool `{pool}` is restricted to {selected}, and it cannot be told whether the"
        " deploy's job is defined there. If it is not, it waits in vain.",
        remedy="Give `workflow-ref` the value of `job.workflow_ref`, and have the group name the workflow by that ref.",
    )
    hosted_unread = Reason(
        "hosted-runners-unread",
        Decision.WARN,
        "It could not be read whether GitHub-hosted larger runners are in the group {group} of pool `{pool}`:"
        " {problem}.",
        remedy="Let the credential read the group's hosted runners, or make sure that there are none: verify-runner"
        " would stop a deploy that came to one.",
    )
    version_unchecked = Reason(
        "version-unchecked",
        Decision.WARN,
        "GitHub does not say until when it gives runners of the version {versions} jobs, which pool `{pool}` has.",
        remedy="Update the runners to the newest release, of which GitHub tells it.",
    )
    quarantine_unmatched = Reason(
        "quarantine-unmatched",
        Decision.WARN,
        "The policy quarantines {names}, and no runner that was seen and no `names` of a pool are called so."
        " Not looked at: {unseen}.",
        remedy="Correct the name in `quarantined`, or take the entry out if the runner is gone.",
    )
    none = Reason(
        "no-approved-runner",
        Decision.FAIL,
        "No approved runner of `{environment}` may take the deploy. {why}",
        remedy="{remedy}",
    )
    no_policy = Reason(
        "policy-missing",
        Decision.CANNOT_VERIFY,
        "There is no file {file}, so that nobody approved any runner.",
        remedy="Commit a policy (see docs/runner-routing.md), check the repository out before this step, or correct"
        " `policy-file`.",
    )
    not_listed = Reason(
        "environment-not-in-policy",
        Decision.FAIL,
        "The policy approves no runners for the environment `{environment}`; it knows {known}.",
        remedy="Have runners approved for it in {file}, or correct the environment's name.",
    )
    no_credential = Reason(
        "no-credential",
        Decision.CANNOT_VERIFY,
        "Runners cannot be listed with the job's own token, and there is no other: {lacks}.",
        remedy="Give a GitHub App that has {permissions} (docs/runner-routing.md), or a token that may; or let an"
        " operator choose, with `mode: declared` in the policy.",
    )
    permission_missing = Reason(
        "permission-missing",
        Decision.CANNOT_VERIFY,
        "GitHub does not let the runners be listed: {problem}.",
        remedy="Give the app, or the token, what is missing (docs/runner-routing.md), then re-run all jobs.",
    )
    no_heartbeats = Reason(
        "no-heartbeat-source",
        Decision.CANNOT_VERIFY,
        "The policy asks for the health of runners, and nothing tells it.",
        remedy="Give `prometheus-url`, or `heartbeat-url` or `heartbeat-file` with `heartbeat-key`.",
    )
    no_prometheus = Reason(
        "no-listener-source",
        Decision.CANNOT_VERIFY,
        "The policy has pool `{pool}` judged by its listener's metrics, and there is no `prometheus-url`.",
        remedy="Give `prometheus-url`, or take `listener-query` out of the policy.",
    )
    declaration = Reason(
        "declaration-incomplete",
        Decision.CANNOT_VERIFY,
        "The variable `{variable}` cannot be followed: {problem}.",
        remedy="Set it to `primary`, or as in `secondary by ada since 2026-11-26T10:00Z: the primary's disk is full`.",
    )
    not_revoked = Reason(
        "token-not-revoked",
        Decision.WARN,
        "The choice was made, but {problem}.",
        remedy="Nothing, or suspend the app's installation if its token could be misused until then.",
    )
    cache = Reason(
        "cache-not-used",
        Decision.WARN,
        "The choice was made, but answers could not be kept by ETag: {problem}.",
        remedy="Let `cache-file` name a file that this runner may read and write, or leave it out.",
    )
