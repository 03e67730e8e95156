"""Decides whether the age of secrets is checked, as whom, and what follows when it cannot be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

import msgspec

from deploy_actions.actions.preflight_secrets.age import Age, Limits, ages, judge_ages
from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.clients.github_app import App, Minted, minted
from deploy_actions.clients.github_secrets import PERMISSIONS, Places, listed, nearest
from deploy_actions.core.address_types import RepositoryName
from deploy_actions.core.choices import Choice
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Http, Masks
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Decision, Finding


class Policy(Choice):
    """What follows when an age that was asked for cannot be found out."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("cannot-verify", "warn", "ignore")


class AgeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller asked for."""

    api: str
    repository: RepositoryName | None
    environment: str
    token: Secret | None
    app_id: str
    app_private_key: Secret | None
    max_age: Duration
    policy: Policy

    @property
    def is_asked_for(self) -> bool:
        """Whether the caller gave a credential, or a part of one, to ask GitHub with."""
        return bool(self.token or self.app_id or self.app_private_key)

    @property
    def lacks(self) -> str:
        """What is not there to ask GitHub with, in words; empty if all is."""
        if not self.repository:
            return "the input `repository` is not given"
        if self.token or (self.app_id and self.app_private_key):
            return ""
        return "there is no token, and no app with its id and its private key, that may list secrets"

    def run(
        self, rules: Sequence[Rule], http: Http, masks: Masks, now: datetime
    ) -> tuple[list[Finding], tuple[Age, ...]]:
        """Findings and a row for each secret. Where nobody gave a credential, only a `max-age` makes a finding."""
        if self.lacks:
            asked = [rule for rule in rules if rule.max_age or self.is_asked_for]
            return self._unverifiable(asked, self.lacks), ages(rules, {}, now)
        try:
            with self._credential(http, masks, now) as token:
                found = nearest(listed(self._places(token.token), http.send))
        except ServiceError as error:
            return self._unverifiable(rules, f"{error.service}: {error}"), ages(rules, {}, now)
        kept = [Reasons.token_not_revoked(problem=token.problem)] if token.problem else []
        findings = judge_ages(rules, found, Limits(now, self.max_age, self.environment))
        return [*kept, *map(self._as_policy_says, findings)], ages(rules, found, now)

    @contextmanager
    def _credential(self, http: Http, masks: Masks, now: datetime) -> Iterator[Minted]:
        if self.token or not self.app_private_key:
            yield Minted(self.token or Secret(""))
            return
        app = App(self.api, self.app_id, self.app_private_key, self.repository or "", PERMISSIONS)
        with minted(app, http, masks, now) as token:
            yield token

    def _places(self, token: Secret) -> Places:
        repository = self.repository or RepositoryName()
        return Places(api=self.api, repository=repository, environment=self.environment, token=token)

    def _unverifiable(self, rules: Sequence[Rule], problem: str) -> list[Finding]:
        return [self._as_policy_says(Reasons.age_unverifiable(secret=rule.name, problem=problem)) for rule in rules]

    def _as_policy_says(self, finding: Finding) -> Finding:
        if finding.reason_code != Reasons.age_unverifiable.code:
            return finding
        decisions = {"warn": Decision.WARN, "ignore": Decision.SKIP}
        return msgspec.structs.replace(finding, decision=decisions.get(self.policy, Decision.CANNOT_VERIFY))
