"""What preflight-secrets may say of a secret."""

from deploy_actions.core.verdict import Decision, Reason


class Reasons:
    """The vocabulary of preflight-secrets. `{secret}` is a secret's name, never its value."""

    missing = Reason(
        "secret-missing",
        Decision.FAIL,
        "{secret} is unset or empty, which are the same on the platform.",
        remedy="Set {secret} in the environment, repository or organisation, and map it: in your own job with "
        "`env:`, in production-deploy.yml by its name in `secrets` together with `secrets: inherit`.",
    )
    placeholder = Reason(
        "placeholder",
        Decision.FAIL,
        "{secret} is no credential but {what}.",
        remedy="Set {secret} to the real credential. If an expression stands in it, check how it is mapped.",
    )
    too_short = Reason(
        "secret-too-short",
        Decision.FAIL,
        "{secret} is so short that masking it would blank the log.",
        remedy="Use a credential of at least {minimum} characters; if {secret} is no secret, make it a variable.",
    )
    shorter_than_rule = Reason(
        "shorter-than-min-length",
        Decision.FAIL,
        "{secret} is shorter than the {minimum} characters that its rule demands.",
        remedy="Set {secret} to the whole credential, or correct its `min-length`.",
    )
    pattern_mismatch = Reason(
        "pattern-mismatch",
        Decision.FAIL,
        "{secret} as a whole does not match the pattern of its rule.",
        remedy="Set {secret} to the right credential, or correct its `pattern`.",
    )
    duplicate = Reason(
        "duplicate-value",
        Decision.FAIL,
        "{secret} has the same value as {other}.",
        remedy="Give each its own credential; if they are meant to be one, declare `same-as: {other}` for {secret}.",
    )
    same_as_unknown = Reason(
        "same-as-unknown",
        Decision.CANNOT_VERIFY,
        "{secret} is declared the same as {other}, which the manifest does not name.",
        remedy="Name {other} in the manifest, or correct `same-as`.",
    )
    white_space = Reason(
        "surrounding-white-space",
        Decision.WARN,
        "{secret} has white space or a line end around it, which most clients send along.",
        remedy="Set {secret} again without it: `gh secret set {secret} < file`, from a file without a last line end.",
    )
    malformed = Reason(
        "secret-malformed",
        Decision.FAIL,
        "{secret} is not a usable {kind}: {problem}.",
        remedy="Set {secret} again from the original, or correct its `kind`.",
    )
    expired = Reason(
        "secret-expired",
        Decision.FAIL,
        "{secret} ({kind}) expired on {expires}, {ago} ago.",
        remedy="Issue a new credential, set {secret} to it, and re-run the job.",
    )
    expiring = Reason(
        "secret-expiring",
        Decision.FAIL,
        "{secret} ({kind}) expires on {expires}, in {left}; it must last until {deadline}, the end of the deploy "
        "window of {window}{margin}.",
        remedy="Renew {secret} before the deploy, or correct `deploy-window` or its `min-remaining`.",
    )
    not_yet_valid = Reason(
        "secret-not-yet-valid",
        Decision.FAIL,
        "{secret} ({kind}) is valid only from {starts}, in {wait}; a clock skew of {skew} was allowed for.",
        remedy="Wait until then, set {secret} to a credential that is valid now, or correct this host's clock.",
    )
    expiry_unreadable = Reason(
        "expiry-unreadable",
        Decision.CANNOT_VERIFY,
        "{secret} has no expiry that can be read: {problem}.",
        remedy="Use a credential that states its expiry, or take the rule `min-remaining` or `kind` off {secret}.",
    )
    valid = Reason(
        "secret-valid",
        Decision.PASS,
        "{secret} ({kind}) is valid until {expires}, in {left}. {note}",
    )
    no_expiry = Reason(
        "secret-without-expiry",
        Decision.PASS,
        "{secret} ({kind}) states no expiry. {note}",
    )
    present = Reason(
        "secret-present",
        Decision.PASS,
        "{secret} is present. Only its presence was checked: its kind states nothing about itself.",
    )
    absent = Reason(
        "optional-secret-absent",
        Decision.SKIP,
        "{secret} is optional and not set.",
    )
    unreadable = Reason(
        "secret-unreadable",
        Decision.CANNOT_VERIFY,
        "{secret} cannot be read: {problem}.",
        remedy="Set {secret} to text in UTF-8; encode what is binary in base64.",
    )
    clock_implausible = Reason(
        "clock-implausible",
        Decision.CANNOT_VERIFY,
        "This host's clock says {now}, which has long passed, so no date can be judged by it.",
        remedy="Set this host's clock, let a time service such as chrony keep it, then re-run the job.",
    )
    none_declared = Reason(
        "no-secrets-declared",
        Decision.SKIP,
        "The manifest declares that there are no secrets, so there was none to check.",
    )
