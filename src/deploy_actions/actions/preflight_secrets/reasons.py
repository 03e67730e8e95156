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
        remedy="Do what it says, use a credential that states its expiry, take the rule `min-remaining` off {secret}, "
        "or declare `kind: opaque` if its expiry does not matter.",
    )
    weak = Reason(
        "secret-weak",
        Decision.FAIL,
        "{secret} ({kind}) is too weak for production: {weakness}.",
        remedy="Issue a new credential, set {secret} to it, and revoke the old one.",
    )
    questionable = Reason(
        "secret-questionable",
        Decision.WARN,
        "{secret} ({kind}) is questionable: {concern}.",
        remedy="Replace {secret}, or declare `kind: opaque` for it if this is meant.",
    )
    companion_missing = Reason(
        "companion-missing",
        Decision.CANNOT_VERIFY,
        "{secret} cannot be checked without {other}, which is not set or not in the manifest.",
        remedy="Name {other} in the manifest and set it, or correct the rule of {secret} that names it.",
    )
    refused = Reason(
        "secret-refused",
        Decision.FAIL,
        "{secret} was refused by {service}: {error}.",
        remedy="Issue a new credential with the permissions that the deploy needs, and set {secret} to it.",
    )
    probe_impossible = Reason(
        "probe-impossible",
        Decision.CANNOT_VERIFY,
        "Whether {service} takes {secret} could not be found out: {error}.",
        remedy="Check the rule `probe` of {secret}, that this runner reaches {service} and that it is up; then re-run.",
    )
    accepted = Reason(
        "secret-accepted",
        Decision.PASS,
        "{secret} was taken by {where}.",
    )
    not_masked = Reason(
        "part-not-masked",
        Decision.WARN,
        "{secret} holds a piece that is too short or too common to be masked, so it could show in the log: {what}.",
        remedy="Give {secret} a long, random password.",
    )
    aged = Reason(
        "secret-aged",
        Decision.WARN,
        "{secret} was last written {days} days ago; at most {most} are allowed.",
        remedy="Rotate it: issue a new credential, set {secret} to it, revoke the old one.",
    )
    outside_environment = Reason(
        "secret-outside-environment",
        Decision.WARN,
        "{secret} lives in the {lives_in}, so that jobs without the approval of environment {environment} get it too.",
        remedy="Set it in the environment with `gh secret set {secret} --env {environment}`, then delete the other.",
    )
    age_unverifiable = Reason(
        "age-unverifiable",
        Decision.CANNOT_VERIFY,
        "When {secret} was last written could not be found out: {problem}.",
        remedy="Give a token that may read `secrets` and `environments`, or say by `unverifiable-age` what follows.",
    )
    token_not_revoked = Reason(
        "token-not-revoked",
        Decision.WARN,
        "Of the token that the app minted to list secrets: {problem}.",
        remedy="Nothing, if it is an outage of GitHub's; else check that this runner may send DELETE requests.",
    )
    oidc_claim_differs = Reason(
        "oidc-claim-differs",
        Decision.FAIL,
        "The job's OpenID Connect token says `{claim}` is `{seen}`, and the trust policy expects `{expected}`.",
        remedy="Correct the trust policy in the cloud, or run the job from where the policy expects it: docs/oidc.md.",
    )
    oidc_claim_missing = Reason(
        "oidc-claim-missing",
        Decision.FAIL,
        "The job's OpenID Connect token has no claim `{claim}`.",
        remedy="Correct its name; `environment` is there only in a job that names one.",
    )
    oidc_unavailable = Reason(
        "oidc-unavailable",
        Decision.CANNOT_VERIFY,
        "The claims could not be checked, since {service} issued no token: {error}.",
        remedy="Give the job the permission `id-token: write`, and run it on a runner that reaches the issuer.",
    )
    oidc_as_expected = Reason(
        "oidc-claims-as-expected",
        Decision.PASS,
        "The job's OpenID Connect token has the claims that were expected: {claims}.",
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
