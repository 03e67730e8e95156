"""What deploy-calendar may say."""

from deploy_actions.core.verdict import Decision, Reason


class Reasons:
    """The vocabulary of deploy-calendar; `rule` of a finding is the name of the freeze."""

    is_open = Reason("calendar-open", Decision.PASS, "It is {now}{inside}, and no freeze holds; this lasts {until}.")
    not_needed = Reason(
        "override-not-needed",
        Decision.PASS,
        "An override is given, and was not looked at: the calendar is open.",
    )
    frozen = Reason(
        "frozen",
        Decision.FAIL,
        "The freeze `{name}` holds {until}.{reason}",
        remedy="Wait until the calendar opens, {opening}; or have somebody who may override it, with a reason.",
    )
    outside = Reason(
        "outside-deploy-hours",
        Decision.FAIL,
        "It is {now}, outside the deploy hours.",
        remedy="Wait until the calendar opens, {opening}; or have somebody who may override it, with a reason.",
    )
    overridden = Reason(
        "calendar-overridden",
        Decision.WARN,
        "{actor} overrides the calendar until {until}: {reason} What was overridden: {what}",
        remedy="Watch this deploy, and have those who keep the calendar told of it.",
    )
    override_refused = Reason(
        "override-refused",
        Decision.FAIL,
        "The calendar is closed, and the override does not hold: {problem}.",
        remedy="Wait until the calendar opens, {opening}; or have somebody who may give a reason and an early end.",
    )
    clock_implausible = Reason(
        "clock-implausible",
        Decision.CANNOT_VERIFY,
        "This host's clock says {now}, which cannot be, so nothing can be judged by it.",
        remedy="Set this host's clock, let a time service such as chrony keep it, then re-run the job.",
    )
