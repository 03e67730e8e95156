"""What verify-environment may say; `rule` of a finding is the rule's name in the policy."""

from deploy_actions.core.verdict import Decision, Reason

_SETTINGS = "the environment's settings (Settings, Environments, {environment})"


OF_PRIVATE = (
    " The repository is private: there GitHub has environments with GitHub Pro, Team and Enterprise only, and their"
    " reviewers, wait timers and rules of apps with Enterprise only; without the plan it ignores what is set."
)
"""GitHub docs, "Managing environments for deployment"."""


class Reasons:
    """The vocabulary of verify-environment."""

    as_approved = Reason(
        "environment-as-approved",
        Decision.PASS,
        "{environment} is protected as the policy says; rules judged: {count}.{plan}",
    )
    written = Reason(
        "policy-written",
        Decision.SKIP,
        "`{file}` now says how {environment} is protected; rules that could not be read stand there as comments, with"
        " what it takes: {unread}. Nothing was judged.",
    )
    policy_exists = Reason(
        "policy-exists",
        Decision.FAIL,
        "`{file}` is there already, and `init` does not overwrite it.",
        remedy="Leave `init` out to judge the environment by it; or remove the file, or name another `policy-file`.",
    )
    not_written = Reason(
        "policy-not-written",
        Decision.FAIL,
        "`{file}` could not be written: {cause}.",
        remedy="Make its folder and see that it may be written to, then run it again.",
    )
    no_policy = Reason(
        "policy-missing",
        Decision.CANNOT_VERIFY,
        "There is no file {file}, so that nobody has said how the environment is to be protected.",
        remedy="Check the repository out before this step, correct `policy-file`, or have the policy written: `init`"
        " (docs/deploy-environment.md).",
    )
    not_listed = Reason(
        "environment-not-in-policy",
        Decision.FAIL,
        "The policy says nothing of the environment {environment}; it knows {known}.",
        remedy="Say in {file} how it is to be protected, or correct the environment's name.",
    )
    missing = Reason(
        "environment-missing",
        Decision.FAIL,
        "The repository has no environment {environment}.",
        remedy="Create it with its protection rules before any job names it: GitHub creates one that a job names and"
        " that is not there, without any protection.{plan}",
    )
    named_differently = Reason(
        "environment-named-differently",
        Decision.FAIL,
        "GitHub knows {environment} as {actual}.",
        remedy="Write the name as GitHub has it, in the policy and in the workflow: some places compare it by letter.",
    )
    too_few = Reason(
        "reviewers-too-few",
        Decision.FAIL,
        "{environment} lists {count} required reviewers, and the policy asks for {least} or more.",
        remedy=f"Add required reviewers in {_SETTINGS}.",
    )
    not_approved = Reason(
        "reviewers-not-approved",
        Decision.FAIL,
        "Among the required reviewers of {environment} are some that the policy does not name: {others}.",
        remedy=f"Take them out in {_SETTINGS}, or have the policy name them.",
    )
    self_review = Reason(
        "self-review-allowed",
        Decision.FAIL,
        "Who starts a deploy to {environment} may let it pass{why}.",
        remedy=f"Turn on `Prevent self-review` beside the required reviewers in {_SETTINGS}.",
    )
    wait_timer = Reason(
        "wait-timer-out-of-bounds",
        Decision.FAIL,
        "The wait timer of {environment} is {actual}, and the policy says {wanted}.",
        remedy=f"Set it in {_SETTINGS}.",
    )
    branch_policy = Reason(
        "branch-policy-differs",
        Decision.FAIL,
        "What may deploy to {environment} is {actual}, and the policy says {wanted}{apart}.",
        remedy=f"Set `Deployment branches and tags` in {_SETTINGS} to what the policy says.",
    )
    ref_not_allowed = Reason(
        "ref-not-allowed",
        Decision.FAIL,
        "{ref} may not deploy to {environment}: {why}.",
        remedy="Run the workflow for a branch or tag that may deploy. While no branch is protected at all, GitHub's"
        " `Protected branches only` lets every branch deploy.",
    )
    custom_rules = Reason(
        "custom-rules-differ",
        Decision.FAIL,
        "The apps that guard {environment} are {actual}, and the policy says {wanted}.",
        remedy=f"Enable exactly these as deployment protection rules in {_SETTINGS}.",
    )
    bypass = Reason(
        "administrators-may-bypass",
        Decision.FAIL,
        "Administrators may bypass the protection of {environment}.",
        remedy=f"Turn off `Allow administrators to bypass configured protection rules` in {_SETTINGS}.",
    )
    secret_outside = Reason(
        "secret-outside-environment",
        Decision.FAIL,
        "{secret} is a secret of the {place} too, where jobs get it that no environment guards.",
        remedy="Delete it there, and write a new value into the environment: what could be read has to be changed.",
    )
    secret_missing = Reason(
        "secret-missing-in-environment",
        Decision.FAIL,
        "{secret} is no secret of {environment}.",
        remedy="Add it to the secrets of the environment.",
    )
    secret_aged = Reason(
        "secret-aged",
        Decision.WARN,
        "{secret} was last written {days} days ago; the policy allows {most}.",
        remedy="Renew it where it is issued, and write the new value into the environment.",
    )
    not_guarded = Reason(
        "workflow-not-guarded",
        Decision.FAIL,
        "{file} has no job that deploys to {environment} under guard: none calls production-deploy.yml for it, and none"
        " of its own names it.",
        remedy="Have it call production-deploy.yml by a full commit SHA; or give the job that deploys `environment` and"
        " `concurrency`.",
    )
    not_pinned = Reason(
        "workflow-not-pinned",
        Decision.FAIL,
        "The job `{job}` calls production-deploy.yml by what may be moved, and not by the full SHA of a commit.",
        remedy="Write the commit's 40 digits behind the `@`, and the version in a comment.",
    )
    not_callable = Reason(
        "workflow-not-callable",
        Decision.FAIL,
        "The job `{job}` calls `{calls}`, and GitHub takes no `@` behind a path that begins with `./` or `$/`.",
        remedy="Call production-deploy.yml of this library by its repository and the full SHA of a commit.",
    )
    another_library = Reason(
        "workflow-of-another-library",
        Decision.FAIL,
        "The job `{job}` calls production-deploy.yml of {actual}, and not that of {wanted}.",
        remedy="Call production-deploy.yml of {wanted}; or, if {actual} is the library that you trust, have the"
        " policy's `calls` say so, and let this action run from there too.",
    )
    empty_environment = Reason(
        "environment-empty",
        Decision.FAIL,
        "The job `{job}` names an environment which is empty.",
        remedy="Name the environment, or leave the line out.",
    )
    not_looked_into = Reason(
        "workflow-not-looked-into",
        Decision.WARN,
        "The job `{job}` hands all secrets to a workflow of this repository that could not be read: {cause}. Whether"
        " that deploys to {environment} too is not known.",
        remedy="Check the whole repository out before this step, or hand over secrets by their names.",
    )
    workflow_differs = Reason(
        "workflow-differs",
        Decision.FAIL,
        "The workflow that runs is {actual}, and the policy names {wanted}.",
        remedy="Deploy by a workflow of the policy's, or have the policy name this one too.",
    )
    concurrency_differs = Reason(
        "concurrency-differs",
        Decision.FAIL,
        "The job `{job}` deploys to {environment} in {actual}, and the policy says `{wanted}`: two deploys could run"
        " side by side.",
        remedy="Give every job that names the environment the group of the policy.",
    )
    concurrency_cancels = Reason(
        "concurrency-cancels",
        Decision.FAIL,
        "{place} has `cancel-in-progress`: a newer run breaks off the deploy that runs.",
        remedy="Write `cancel-in-progress: false`; `queue: max` keeps those that wait.",
    )
    concurrency_replaces = Reason(
        "concurrency-replaces-waiting",
        Decision.WARN,
        "{place} is in the concurrency group `{group}` without `queue: max`: while one runs and one waits, a third that"
        " arrives cancels the one that waits.",
        remedy="Write `queue: max` beside the group, where your GitHub knows it: up to 100 then wait.",
    )
    deadlock = Reason(
        "concurrency-deadlock",
        Decision.FAIL,
        "{place} has the concurrency group of the job that deploys, `{group}`: GitHub cancels that as a deadlock.",
        remedy="Leave the group to the job that deploys.",
    )
    without_rule = Reason(
        "plan-without-rule",
        Decision.FAIL,
        "{environment} has no {what}, and the repository is private: GitHub offers that for private repositories with"
        " {plan} only.",
        remedy="If your plan has it, set it in the environment's settings. If not, no setting can: change the plan, or"
        " take the rule out of the policy and guard the deploy in another way.",
    )
    unverifiable = Reason(
        "rule-unverifiable",
        Decision.CANNOT_VERIFY,
        "Whether this is as the policy says cannot be told: {cause}.",
        remedy="{needs}",
    )
    not_read = Reason(
        "rule-not-read",
        Decision.CANNOT_VERIFY,
        "Whether this is as the policy says could not be found out: {cause}.",
        remedy="See to what is named, then re-run the job.",
    )
    not_revoked = Reason(
        "token-not-revoked",
        Decision.WARN,
        "A token was minted to read names of secrets, and {problem}.",
        remedy="Nothing needs to be done; it may read names of secrets and environments of this repository, no values.",
    )
