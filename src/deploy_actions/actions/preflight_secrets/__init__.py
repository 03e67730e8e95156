"""Stops a deploy before it starts when a secret is missing, a placeholder, malformed, refused, or expires too soon.

Reads the secrets named in the manifest and judges every one of them. Sends nothing anywhere, unless a rule `probe` asks
for it, a token for GitHub is given, or claims of the job's OpenID Connect token are to be compared. Has the runner mask
the other encodings of each secret, which its own masks leave bare.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from deploy_actions.actions.preflight_secrets.age import Age
from deploy_actions.actions.preflight_secrets.age_check import AgeCheck, Policy
from deploy_actions.actions.preflight_secrets.dates import Moment, judge_clock
from deploy_actions.actions.preflight_secrets.examine import Examined, examine
from deploy_actions.actions.preflight_secrets.judge import Outcome, dates_of, judge
from deploy_actions.actions.preflight_secrets.manifest import Manifest, Rule
from deploy_actions.actions.preflight_secrets.masking import judge_masks, mask_all
from deploy_actions.actions.preflight_secrets.oidc import ExpectedClaims, check_claims
from deploy_actions.actions.preflight_secrets.probes.probe import Worlds
from deploy_actions.actions.preflight_secrets.probing import probe_all
from deploy_actions.actions.preflight_secrets.provenance import Provenance, provenance, with_age
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.actions.preflight_secrets.siblings import judge_siblings
from deploy_actions.core.action import Action
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Clock, Http, IdTokens, Masks, Postgres, Redis, Secrets, Ssh, Tasks, Tls
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.core.verdict import Finding, Reason, Report


class PreflightSecretsInputs(Inputs, frozen=True):
    """What the caller declares; the values come as environment variables of the same names."""

    secrets: Manifest = required(
        "The secrets that must be good: one name a line, or YAML with rules for each name (`kind`, `pattern`, "
        "`min-length`, `min-remaining`, `optional`, `same-as`, `password-secret`, `max-age`, `probe`). Map each value "
        "with `env:` under the same name."
    )
    deploy_window: Duration = optional(
        "60m", "How long the deploy may take: no credential may expire before this time is over."
    )
    clock_skew: Duration = optional(
        "60s", "How far this host's clock may be behind the issuer's: granted to start dates, never to end dates."
    )
    environment: str = optional(
        "", "The environment in which the secrets should live; asked about at GitHub, with a token that may."
    )
    repository: RepositoryName | None = optional("", "The repository whose secrets they are, as in `acme/orders`.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret | None = optional(
        "", "A token that may read `secrets` and `environments`, to learn how old each secret is; GITHUB_TOKEN may not."
    )
    app_id: str = optional("", "Instead of a token: the id of a GitHub App with these permissions.")
    app_private_key: Secret | None = optional("", "The private key of that app, in PEM.")
    max_age: Duration = optional("90d", "How long ago a secret may have been written; a rule can say otherwise.")
    unverifiable_age: Policy = optional(
        "cannot-verify", "What follows when an age that was asked for, by a token or a `max-age`, cannot be found out."
    )
    oidc_claims: ExpectedClaims | None = optional(
        "", "What the cloud's trust policy expects of the job's OpenID Connect token; needs `id-token: write`."
    )


class PreflightSecretsOutputs(Outputs, frozen=True):
    """Lists are JSON lists of secret names."""

    missing: tuple[str, ...] | None = output("Names of the secrets that are unset or empty, as a JSON list.")
    absent: tuple[str, ...] | None = output("Names of the optional secrets that are not set, as a JSON list.")
    expired: tuple[str, ...] | None = output("Names of the secrets that have expired, as a JSON list.")
    expiring: tuple[str, ...] | None = output(
        "Names of the secrets that expire before the deploy window and their `min-remaining` are over, as a JSON list."
    )
    earliest_expiry: str | None = output("The earliest date on which a secret expires, in RFC 3339; empty if unknown.")
    refused: tuple[str, ...] | None = output("Names of the secrets that their service refused, as a JSON list.")
    masked_forms: int | None = output("How many masks the runner was given for other forms of the secrets.")
    ages: tuple[Age, ...] | None = output(
        "Where each secret lives and when it was last written, as a JSON list.", shown=False
    )
    provenance: tuple[Provenance, ...] | None = output("What is known of each secret that is set, as a JSON list.")


def run(  # noqa: PLR0913  # every outside world that the check may touch, which is what a reviewer wants to see
    inputs: PreflightSecretsInputs,
    secrets: Secrets,
    clock: Clock,
    masks: Masks,
    tasks: Tasks,
    http: Http,
    tls: Tls,
    ssh: Ssh,
    postgres: Postgres,
    redis: Redis,
    id_tokens: IdTokens,
) -> Report:
    """Judges each secret of the manifest, and each one handed over in a slot that the manifest does not name."""
    moment = Moment(clock.now(), inputs.deploy_window, inputs.clock_skew)
    rules = (*inputs.secrets, *_rules_for_unnamed(inputs.secrets, secrets.slot_names()))
    values, findings = _read(rules, secrets)
    examined = [examine(rule, values) for rule in rules if rule.name in values]
    masked = mask_all(examined, masks)
    worlds = Worlds(http=http, tls=tls, ssh=ssh, postgres=postgres, redis=redis, masks=masks, clock=clock)
    outcomes = probe_all(examined, values, worlds, tasks)
    findings += _findings(examined, values, outcomes, moment)
    aged, ages = _age_check(inputs).run([one.rule for one in examined if one.secret], http, masks, moment.now)
    findings += aged
    if inputs.oidc_claims:
        findings += check_claims(inputs.oidc_claims, id_tokens, masks)
    if not rules:
        findings.append(Reasons.none_declared())
    expiries = [end for one in examined if (end := dates_of(one, outcomes.get(one.name)).expires)]
    outputs = msgspec.structs.replace(
        _outputs(findings),
        earliest_expiry=min(expiries).isoformat() if expiries else None,
        masked_forms=masked,
        ages=ages,
        provenance=tuple(with_age(row, ages) for row in _provenance(examined, outcomes, moment, secrets)),
    )
    return Report(findings=tuple(findings), outputs=outputs)


def _provenance(
    examined: Sequence[Examined], outcomes: Mapping[str, Outcome], moment: Moment, secrets: Secrets
) -> Iterator[Provenance]:
    for one in examined:
        if one.secret:
            yield provenance(one, outcomes.get(one.name), moment, secrets.fingerprint(one.secret))


def _outputs(findings: Sequence[Finding]) -> PreflightSecretsOutputs:
    """Those that are the names of secrets with a certain finding."""
    return PreflightSecretsOutputs(
        missing=_names(findings, Reasons.missing),
        absent=_names(findings, Reasons.absent),
        expired=_names(findings, Reasons.expired),
        expiring=_names(findings, Reasons.expiring),
        refused=_names(findings, Reasons.refused),
    )


def _read(rules: Sequence[Rule], secrets: Secrets) -> tuple[dict[str, Secret | None], list[Finding]]:
    """The values that can be read, and a finding for each that cannot, which keeps no other from being judged."""
    values: dict[str, Secret | None] = {}
    findings: list[Finding] = []
    for rule in rules:
        try:
            values[rule.name] = secrets.value(rule.name)
        except Malformed as error:
            findings.append(Reasons.unreadable(secret=rule.name, problem=error.cause))
    return values, findings


def _findings(
    examined: Sequence[Examined], values: Mapping[str, Secret | None], outcomes: Mapping[str, Outcome], moment: Moment
) -> list[Finding]:
    return [
        *(finding for one in examined for finding in judge(one, outcomes.get(one.name), moment)),
        *(finding for one in examined for finding in judge_masks(one)),
        *judge_siblings([one.rule for one in examined], values),
        *judge_clock(moment.now),
    ]


def _age_check(inputs: PreflightSecretsInputs) -> AgeCheck:
    return AgeCheck(
        api=inputs.api_url,
        repository=inputs.repository,
        environment=inputs.environment,
        token=inputs.github_token,
        app_id=inputs.app_id,
        app_private_key=inputs.app_private_key,
        max_age=inputs.max_age,
        policy=inputs.unverifiable_age,
    )


def _rules_for_unnamed(manifest: Manifest, slot_names: tuple[str, ...]) -> list[Rule]:
    named = {rule.name.upper() for rule in manifest}
    return [Rule(name=name) for name in slot_names if name.upper() not in named]


def _names(findings: Sequence[Finding], reason: Reason) -> tuple[str, ...]:
    return tuple(finding.secret for finding in findings if finding.reason_code == reason.code and finding.secret)


ACTION = Action(
    run=run,
    inputs=PreflightSecretsInputs,
    outputs=PreflightSecretsOutputs,
    reasons=Reasons,
    permissions={},
)
