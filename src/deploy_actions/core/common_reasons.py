"""The reasons that any action may give: its input is wrong, a service did not answer, a result may not be shown."""

from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, ServiceError, Unreachable
from deploy_actions.core.verdict import Decision, Finding, Reason

_STOP = Decision.CANNOT_VERIFY


class CommonReasons:
    """Reasons of every action, besides its own. All of them block."""

    invalid_input = Reason(
        "invalid-input",
        _STOP,
        "Input `{input}` {problem}",
        remedy="Correct `{input}` where the action is called. Nothing was checked and nothing was changed.",
    )
    nothing_checked = Reason(
        "nothing-checked",
        _STOP,
        "Nothing was checked, so nothing can be vouched for.",
        remedy="Give the action something to check; see its page for the inputs.",
    )
    unreachable = Reason(
        "service-unreachable",
        _STOP,
        "{service} could not be reached: {error}",
        remedy="Check that this runner can reach {service} and that it is up, then re-run the job.",
    )
    refused = Reason(
        "service-refused",
        _STOP,
        "{service} refused the request: {error}",
        remedy="Give the credential the permission that the action's page names, or renew it, then re-run the job.",
    )
    not_found = Reason(
        "service-not-found",
        _STOP,
        "{service} does not know what was asked for: {error}",
        remedy="Check the address and the names, and that the credential may see them, then re-run the job.",
    )
    rate_limited = Reason(
        "service-rate-limited",
        _STOP,
        "{service} asked to slow down: {error}",
        remedy="Wait until the limit is lifted, then re-run the job.",
    )
    malformed = Reason(
        "service-malformed",
        _STOP,
        "{service} answered in a way that cannot be read: {error}",
        remedy="Check the address, any proxy in between and the state of {service}, then re-run the job.",
    )
    output_refused = Reason(
        "output-refused",
        _STOP,
        "Output `{output}` was not written: it would hold the value of a secret.",
        remedy="Make sure that {holder} is a secret and no common word; the platform would drop this output too.",
    )
    output_too_large = Reason(
        "output-too-large",
        _STOP,
        "Output `{output}` was not written: {size} bytes are over the platform's limit of {limit}.",
        remedy="Narrow what the action is asked to check, so that less is reported at once.",
    )
    interrupted = Reason(
        "interrupted",
        _STOP,
        "Stopped by {signal} before the check was done.",
        remedy="Re-run the job; what had been found until then is not a verdict.",
    )
    internal_error = Reason(
        "internal-error",
        _STOP,
        "A fault in deploy-actions itself: {kind}. The traceback is in the log.",
        remedy="Report it with the traceback from the log, which holds no secret value; re-run to see if it persists.",
    )


_BY_ERROR: tuple[tuple[type[ServiceError], Reason], ...] = (
    (Unreachable, CommonReasons.unreachable),
    (Refused, CommonReasons.refused),
    (NotFound, CommonReasons.not_found),
    (RateLimited, CommonReasons.rate_limited),
    (Malformed, CommonReasons.malformed),
)


def finding_for(error: ServiceError) -> Finding:
    """The finding for a service's error that no room judged: always cannot-verify."""
    reason = next((reason for kind, reason in _BY_ERROR if isinstance(error, kind)), CommonReasons.unreachable)
    return reason(service=error.service, error=str(error))
