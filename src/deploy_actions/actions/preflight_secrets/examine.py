"""Reads what each secret says about itself, once for all that is then judged."""

from collections.abc import Mapping

import msgspec

from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.core.secret import Secret
from deploy_actions.credentials import KINDS, OPAQUE, kind_of
from deploy_actions.credentials.credential import Credential, Kind, Unreadable
from deploy_actions.credentials.placeholders import placeholder


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A secret and what could be read from it. `missing_companions` are names that its rule needs and that are unset.

    Without `kind` nothing can be read; with one there is either a `credential` or the `problem` that kept it hidden.
    """

    rule: Rule
    secret: Secret | None
    kind: Kind | None = None
    credential: Credential | None = None
    problem: Unreadable | None = None
    missing_companions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The secret's name."""
        return self.rule.name

    @property
    def value(self) -> str:
        """The value without white space around it; empty if there is none."""
        return self.secret.reveal().strip() if self.secret else ""

    @property
    def words(self) -> str:
        """What kind of credential it is, in words."""
        return self.credential.kind if self.credential else self.kind.name if self.kind else OPAQUE


def examine(rule: Rule, values: Mapping[str, Secret | None]) -> Examined:
    """What can be read from the value of the rule's name. Values are by name; those that are unset are None."""
    secret = values[rule.name]
    value = secret.reveal().strip() if secret else ""
    missing = tuple(name for name in rule.companions if values.get(name) is None)
    kind = _kind(rule, value) if value and not placeholder(value) else None
    if kind is None:
        return Examined(rule=rule, secret=secret, missing_companions=missing)
    password = values.get(rule.password_secret) if rule.password_secret else None
    try:
        credential = kind.unlock(value, password.reveal()) if kind.unlock and password else kind.read(value)
    except Unreadable as problem:
        return Examined(rule=rule, secret=secret, kind=kind, problem=problem, missing_companions=missing)
    return Examined(rule=rule, secret=secret, kind=kind, credential=credential, missing_companions=missing)


def _kind(rule: Rule, value: str) -> Kind | None:
    if rule.kind == OPAQUE:
        return None
    return KINDS[rule.kind] if rule.kind else kind_of(value)
