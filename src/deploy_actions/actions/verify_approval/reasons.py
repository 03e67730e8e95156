"""What verify-approval may say."""

from deploy_actions.core.verdict import Decision, Reason


class Reasons:
    """The vocabulary of verify-approval; what the policy only warns of is a warning."""

    approved = Reason("approved", Decision.PASS, "{who} approved this deploy to {environment}{when}.")
    none_needed = Reason(
        "no-review-needed",
        Decision.SKIP,
        "{environment} requires no reviewers, and the policy asks for none: nobody was asked.",
    )
    no_reviewers = Reason(
        "no-reviewers",
        Decision.FAIL,
        "{environment} requires no reviewers, and the policy does: nobody was asked.",
        remedy="Add required reviewers in the environment's settings, then start a new run. See who took them out since"
        " verify-environment looked.",
    )
    bypassed = Reason(
        "bypassed",
        Decision.FAIL,
        "{environment} requires reviewers, and none of them approved this run: an administrator passed them by, or they"
        " were added since.",
        remedy="Find out who did and why; start a new run and have it approved. Turn off `Allow administrators to"
        " bypass` in the environment's settings.",
    )
    still_waits = Reason(
        "review-still-pending",
        Decision.FAIL,
        "This job runs, and {environment} still waits for its reviewers in this run.",
        remedy="See whether the job was let through past its reviewers. Have one job of a run name the environment.",
    )
    another_attempt = Reason(
        "approval-of-another-attempt",
        Decision.CANNOT_VERIFY,
        "Whether this attempt was approved, or only an earlier one, cannot be told: {why}, and GitHub does not say to"
        " which attempt an approval belongs.",
        remedy="Start a new run (not a re-run), which asks anew, and have it approved.",
    )
    another_job = Reason(
        "approval-of-another-job",
        Decision.CANNOT_VERIFY,
        "Whether this job was approved, or only another of the run, cannot be told: {why}, and GitHub does not say to"
        " which job an approval belongs.",
        remedy="Have one job of a run name the environment; then start a new run, which asks anew, and have it"
        " approved.",
    )
    self_approved = Reason(
        "self-approved",
        Decision.FAIL,
        "{who} approved this deploy to {environment}, and had started it.",
        remedy="Start a new run and have somebody else approve it. Turn on `Prevent self-review` in the environment's"
        " settings.",
    )
    not_a_reviewer = Reason(
        "approver-not-a-reviewer",
        Decision.FAIL,
        "{who} approved this deploy to {environment}, and may not: its reviewers are {listed}{among}.",
        remedy="Find out who changed the environment's reviewers, and when: somebody was among them who is not now, or"
        " whom the policy does not allow. Then start a new run and have a reviewer approve it.",
    )
    perhaps_a_member = Reason(
        "team-members-unknown",
        Decision.WARN,
        "Whether {who}, who approved this deploy to {environment}, is a member of {teams} was not checked: the job's"
        " token may not list members of teams.",
        remedy="See that they are. Name the reviewers by their logins, in the environment's settings and in the"
        " policy's `among`, to have it checked.",
    )
    unknown_reviewer = Reason(
        "reviewer-unknown",
        Decision.CANNOT_VERIFY,
        "This deploy to {environment} was approved by an account that GitHub does not name any more, which may be that"
        " of who started it, or of no reviewer.",
        remedy="Start a new run and have it approved.",
    )
    rejected = Reason("rejected-before", Decision.SKIP, "{who} rejected this run for {environment} at some time.")
