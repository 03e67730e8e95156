"""What verify-runner may say."""

from deploy_actions.core.verdict import Decision, Reason

_AGAIN = "Re-run all jobs, so that a pool is chosen anew; failed jobs alone would keep the old choice."


class Reasons:
    """The vocabulary of verify-runner."""

    as_chosen = Reason(
        "runner-as-chosen",
        Decision.PASS,
        "This is {runner}, of the {role} pool `{pool}`, as it was chosen at {chosen}.",
    )
    github_hosted = Reason(
        "github-hosted-runner",
        Decision.FAIL,
        "This is a GitHub-hosted runner, which is never approved.",
        remedy="Change the labels of the pool so that no hosted runner has them, then re-run all jobs. The job got its"
        " secrets when it started: rotate them.",
    )
    not_accepted = Reason(
        "runner-not-chosen",
        Decision.FAIL,
        "This is {runner}, and not one of those of pool `{pool}` that were found well: {names}.",
        remedy=_AGAIN + " If nobody approved this runner, rotate the secrets: the job got them when it started.",
    )
    swapped = Reason(
        "runner-swapped",
        Decision.FAIL,
        "This is a runner named {runner} with the id {actual}, and the one of pool `{pool}` that was found well has"
        " {known}: it was registered anew since.",
        remedy=_AGAIN + " If nobody approved this runner, rotate the secrets: the job got them when it started.",
    )
    other_group = Reason(
        "other-runner-group",
        Decision.FAIL,
        "This runner is in the group {actual}, and the pool `{pool}` is in {group}.",
        remedy=_AGAIN + " If nobody approved this runner, rotate the secrets: the job got them when it started.",
    )
    other_labels = Reason(
        "other-labels",
        Decision.FAIL,
        "This job asked for a runner with {actual}, and the pool `{pool}` has {labels}.",
        remedy="Let the job's `runs-on` be `fromJSON` of route-runner's output `runs-on`, and nothing else.",
    )
    other_environment = Reason(
        "other-environment",
        Decision.FAIL,
        "The runner was chosen for the environment {chosen}, and this deploys to {environment}.",
        remedy="Give route-runner and verify-runner the same environment.",
    )
    lapsed = Reason(
        "approval-lapsed",
        Decision.FAIL,
        "The approval of pool `{pool}` ended with {until}, after the choice was made.",
        remedy="Have the pool approved again in the policy, then re-run all jobs.",
    )
    not_current = Reason(
        "choice-not-current",
        Decision.FAIL,
        "The runners were chosen at {chosen}, which is {how}.",
        remedy="Re-run all jobs, so that the gate judges anew; failed jobs alone would keep the old choice. Where line"
        " and approval take longer, raise `max-age`.",
    )
    unknown_id = Reason(
        "runner-id-unknown",
        Decision.CANNOT_VERIFY,
        "GitHub does not tell the id of the runner {runner} that this job is on, so that it could be another of that"
        " name.",
        remedy=_AGAIN,
    )
    unknown_runner = Reason(
        "runner-unknown",
        Decision.CANNOT_VERIFY,
        "It is not known on which runner this job is: {missing}.",
        remedy="Give `runner-name` and `runner-environment` from the contexts `runner.name` and `runner.environment`.",
    )
    unknown_job = Reason(
        "job-unknown",
        Decision.CANNOT_VERIFY,
        "GitHub lists {count} jobs of this run that are in progress on {runner}, where there should be one.",
        remedy="Give `run-id`, `run-attempt` and `runner-name` of this very job, then re-run all jobs.",
    )
