"""What jira-annotate may say. It never fails: the deploy is over, and what is missing in Jira can be written later."""

from deploy_actions.core.verdict import Decision, Reason

_LATER = "Give the account what it lacks, then re-run this job: what is there already is changed and not added again."


class Reasons:
    """The vocabulary of jira-annotate; `rule` of a finding is the issue's key."""

    annotated = Reason("annotated", Decision.PASS, "{key} tells of this deploy.")
    nothing = Reason("no-issue-to-annotate", Decision.SKIP, "No issue was named, so there was nothing to write.")
    not_written = Reason("not-written", Decision.WARN, "On {key}, {what} could not be written: {error}.", remedy=_LATER)
    unreachable = Reason(
        "jira-unreachable", Decision.WARN, "Nothing could be written, since {service} failed: {error}.", remedy=_LATER
    )
