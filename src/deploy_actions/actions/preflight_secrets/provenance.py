"""Where each secret comes from and how long it lasts; never its value."""

from collections.abc import Sequence

import msgspec

from deploy_actions.actions.preflight_secrets.age import Age
from deploy_actions.actions.preflight_secrets.dates import Moment
from deploy_actions.actions.preflight_secrets.examine import Examined
from deploy_actions.actions.preflight_secrets.judge import Outcome, dates_of
from deploy_actions.actions.preflight_secrets.probes.probe import Answer
from deploy_actions.core.declare import Record, output
from deploy_actions.core.input_types import format_seconds


class Provenance(Record, frozen=True):
    """One secret. Moments are in RFC 3339."""

    secret: str | None = output("The secret's name.")
    kind: str | None = output("What kind of credential it is; `opaque` if it states nothing about itself.")
    issuer: str | None = output("Who issued it, where that is public.")
    subject: str | None = output("Whom or what it stands for, where that is public.")
    issued: str | None = output("When it was issued.")
    expires: str | None = output("When it expires.")
    remaining: str | None = output("How long it lasts from now; negative if it has expired.")
    probed: str | None = output("The service that took it, if it was probed.")
    age: str | None = output("How long ago it was last written, or `unverifiable`.")
    lives_in: str | None = output("`environment`, `repository` or `organization`, where that is known.")
    fingerprint: str | None = output("A keyed hash that is the same for the same value within this run only.")


def provenance(one: Examined, outcome: Outcome, moment: Moment, fingerprint: str) -> Provenance:
    """The row of one secret that is set."""
    credential, dates = one.credential, dates_of(one, outcome)
    left = (dates.expires - moment.now).total_seconds() if dates.expires else None
    return Provenance(
        secret=one.name,
        kind=one.words,
        issuer=credential.issuer if credential else None,
        subject=credential.subject if credential else None,
        issued=credential.issued.isoformat() if credential and credential.issued else None,
        expires=dates.expires.isoformat() if dates.expires else None,
        remaining=None if left is None else f"{'-' if left < 0 else ''}{format_seconds(left)}",
        probed=outcome.where if isinstance(outcome, Answer) else None,
        fingerprint=fingerprint,
    )


def with_age(row: Provenance, ages: Sequence[Age]) -> Provenance:
    """The row with what is known of the secret's age."""
    age = next((age for age in ages if age.secret == row.secret), Age())
    days = age.state if age.days is None else f"{age.days}d"
    return msgspec.structs.replace(row, age=days, lives_in=age.lives_in)
