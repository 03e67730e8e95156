"""Says what was found and what follows from it: reasons make findings, findings make a report, the gravest decides."""

from enum import Enum

import msgspec

from deploy_actions.core.declare import Outputs


class Decision(Enum):
    """What an action decides, from the mildest to the gravest. A certain failure outranks what could not be checked."""

    SKIP = "skip"
    PASS = "pass"  # noqa: S105  # no password
    WARN = "warn"
    CANNOT_VERIFY = "cannot-verify"
    FAIL = "fail"

    @property
    def gravity(self) -> int:
        """0 for the mildest."""
        return tuple(Decision).index(self)

    @property
    def severity(self) -> str:
        """The kind of annotation: `notice`, `warning` or `error`."""
        return {Decision.WARN: "warning", Decision.FAIL: "error", Decision.CANNOT_VERIFY: "error"}.get(self, "notice")

    @property
    def exit_code(self) -> int:
        """0 for pass, warn and skip, 1 for fail, 2 for cannot-verify."""
        return {Decision.FAIL: 1, Decision.CANNOT_VERIFY: 2}.get(self, 0)


class Location(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a finding is: any of job, step, path and line (from 1)."""

    job: str | None = None
    step: str | None = None
    path: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.path and self.line else self.path
        return ", ".join(part for part in (self.job, self.step, place) if part)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was found. Made by calling a `Reason`; holds no secret value."""

    decision: Decision
    reason_code: str
    message: str
    remedy: str = ""
    location: Location | None = None
    secret: str | None = None
    rule: str | None = None

    @property
    def subject(self) -> str:
        """What the finding is about: the secret's name, else the rule, else the place; empty if none is known."""
        return self.secret or self.rule or (str(self.location) if self.location else "")


class Reason(msgspec.Struct, frozen=True):
    """A word of an action's vocabulary, declared once; calling it with the facts makes the finding.

    `message` and `remedy` are `str.format` templates over the facts; `{secret}` is the secret's name.
    A remedy is compulsory for all that blocks or warns (checked by the conformance suite).
    """

    code: str
    decision: Decision
    message: str
    remedy: str = ""

    def __call__(
        self,
        *,
        secret: str | None = None,
        location: Location | None = None,
        rule: str | None = None,
        **facts: object,
    ) -> Finding:
        """The finding. Raises KeyError when a template names a fact that is not given."""
        return Finding(
            decision=self.decision,
            reason_code=self.code,
            message=self.message.format(secret=secret, **facts).strip(),
            remedy=self.remedy.format(secret=secret, **facts),
            location=location,
            secret=secret,
            rule=rule,
        )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What an action found, and its outputs. The decision is computed from the findings and cannot be set.

    `exit_status` is the exit code of a program that the action ran for the user; it replaces the exit code of a
    blocking decision, and never makes one pass.
    """

    findings: tuple[Finding, ...]
    outputs: Outputs = Outputs()
    exit_status: int = 0

    @property
    def gravest(self) -> Finding | None:
        """The first of the gravest findings."""
        return max(self.findings, key=lambda finding: finding.decision.gravity, default=None)

    @property
    def decision(self) -> Decision:
        """The gravest finding's. No finding at all means that nothing was checked: cannot-verify."""
        return self.gravest.decision if self.gravest else Decision.CANNOT_VERIFY

    @property
    def reason_code(self) -> str:
        """The gravest finding's reason code."""
        return self.gravest.reason_code if self.gravest else "nothing-checked"

    @property
    def exit_code(self) -> int:
        """The process's exit code, as the contract of every action states it."""
        return self.exit_status or self.decision.exit_code if self.decision.exit_code else 0

    def with_findings(self, *findings: Finding) -> "Report":
        """The same report with more findings."""
        return msgspec.structs.replace(self, findings=(*self.findings, *findings))


def reasons_of(vocabulary: type) -> tuple[Reason, ...]:
    """The reasons that a vocabulary class declares, in the order written."""
    return tuple(value for value in vars(vocabulary).values() if isinstance(value, Reason))
