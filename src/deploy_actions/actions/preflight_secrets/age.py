"""Judges where each secret lives and how long ago it was last written, by GitHub's lists."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.clients.github_secrets import Listed
from deploy_actions.core.declare import Record, output
from deploy_actions.core.input_types import Duration
from deploy_actions.core.verdict import Finding


class Age(Record, frozen=True):
    """One secret as GitHub lists it."""

    secret: str | None = output("The secret's name.")
    state: str | None = output("`listed`, or `unverifiable` where GitHub was not asked, did not answer or lists none.")
    lives_in: str | None = output("`environment`, `repository` or `organization`.")
    updated_at: str | None = output("When it was last written, which may have been with the same value.")
    days: int | None = output("How many days ago that was.")


class Limits(msgspec.Struct, frozen=True):
    """What is too old now, and the environment in which secrets should live, if any."""

    now: datetime
    max_age: Duration
    environment: str


def judge_ages(rules: Sequence[Rule], found: dict[str, Listed], limits: Limits) -> Iterator[Finding]:
    """What is old, what lives outside the environment, and what GitHub does not list."""
    environment = limits.environment
    for rule in rules:
        one = found.get(rule.name.upper())
        if one is None:
            yield Reasons.age_unverifiable(secret=rule.name, problem="GitHub lists no secret of this name")
            continue
        most = rule.max_age or limits.max_age
        days = (limits.now - one.updated_at).days
        if limits.now - one.updated_at > most.timedelta:
            yield Reasons.aged(secret=rule.name, days=days, most=most)
        if environment and one.lives_in != "environment":
            yield Reasons.outside_environment(secret=rule.name, lives_in=one.lives_in, environment=environment)


def ages(rules: Sequence[Rule], found: dict[str, Listed], now: datetime) -> tuple[Age, ...]:
    """One row a secret; unknown where GitHub lists none or was not asked."""
    return tuple(_age(rule, found.get(rule.name.upper()), now) for rule in rules)


def _age(rule: Rule, one: Listed | None, now: datetime) -> Age:
    if one is None:
        return Age(secret=rule.name, state="unverifiable")
    days = (now - one.updated_at).days
    return Age(
        secret=rule.name, state="listed", lives_in=one.lives_in, updated_at=one.updated_at.isoformat(), days=days
    )
