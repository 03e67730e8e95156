"""The vocabulary of health-check."""

from deploy_actions.core.verdict import Decision, Reason

_FAILED = "{check} has failed since {since}: {words}."
_NOT_KNOWN = "It is not known whether {check} is healthy: {words}."


class Reasons:
    """One reason for each way in which a check can end; `{next_step}` is what the failure policy says."""

    healthy = Reason("healthy", Decision.PASS, "{check} is healthy: {words}.")
    baseline_taken = Reason("baseline-taken", Decision.PASS, "The baseline is taken: {words}.")
    version_unknown = Reason(
        "version-unknown",
        Decision.SKIP,
        "{check} names no version before the deploy: {words}. A first deploy has none.",
    )
    degraded = Reason(
        "degraded",
        Decision.WARN,
        "{check} is not critical, and not healthy: {words}.",
        remedy="The deploy stands. Look into it, since what it checks is impaired.",
    )
    unhealthy = Reason("unhealthy", Decision.FAIL, _FAILED, remedy="{next_step}")
    flapping = Reason(
        "flapping",
        Decision.FAIL,
        "{check} became healthy and then failed again at {since}, within the soak: {words}.",
        remedy="{next_step}",
    )
    not_stable = Reason("not-stable", Decision.FAIL, "{check} did not become stable: {words}.", remedy="{next_step}")
    wrong_version = Reason(
        "wrong-version",
        Decision.FAIL,
        "{check} does not show the version that was deployed: {words}.",
        remedy="Find out why that instance was not replaced. {next_step}",
    )
    worse = Reason(
        "worse-than-baseline",
        Decision.FAIL,
        "{check} is worse than before the deploy: {words}.",
        remedy="{next_step}",
    )
    restarted = Reason("restarted", Decision.FAIL, "{check} restarted by itself: {words}.", remedy="{next_step}")
    not_made = Reason(
        "check-not-made",
        Decision.CANNOT_VERIFY,
        _NOT_KNOWN,
        remedy="Mend what keeps this runner from asking (resolver, route, proxy, tool, Prometheus), then check again.",
    )
    credential_refused = Reason(
        "credential-refused",
        Decision.CANNOT_VERIFY,
        _NOT_KNOWN,
        remedy="Renew the credential that the check sends, or give it the right to ask, then check again.",
    )
    no_data = Reason(
        "no-data",
        Decision.CANNOT_VERIFY,
        _NOT_KNOWN,
        remedy="Run the query in Prometheus: correct it, or see why the target is not scraped. No data is not zero.",
    )
    no_baseline = Reason(
        "no-baseline",
        Decision.CANNOT_VERIFY,
        _NOT_KNOWN,
        remedy="Run this action with `mode: baseline` before the deploy and hand its output `baseline` to this step.",
    )


BY_CAUSE = {
    reason.code: reason
    for reason in vars(Reasons).values()
    if isinstance(reason, Reason) and reason.decision in (Decision.FAIL, Decision.CANNOT_VERIFY)
}
"""The reasons of checks that did not pass, by their codes, which `Decided.reason` names."""
