"""Reads the input `approval-policy`: what the gate says is to follow from approvals."""

from typing import ClassVar, Literal, Self

import msgspec

from deploy_actions.core.input_types import NotOfType


class ApprovalPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Whether reviewers are required, and what follows when somebody approved their own deploy or passed them by.

    `among`: the only ones who may be reviewers, by login or as `organization/slug`; None where the policy names none.
    """

    reviewers: bool
    self_approval: Literal["fail", "warn"]
    administrator_bypass: Literal["fail", "warn"]
    among: tuple[str, ...] | None = None

    expects: ClassVar[str] = "the output `approval-policy` of verify-environment"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            raise NotOfType(f"is not {cls.expects}") from None
