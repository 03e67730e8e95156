"""Compares the claims of the job's OpenID Connect token with what a cloud's trust policy expects."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

import msgspec

from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import IdTokens, Masks
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Finding
from deploy_actions.credentials.credential import Unreadable
from deploy_actions.credentials.reading import base64_bytes, json_object

_AUDIENCE = "aud"


class ExpectedClaims(dict[str, str]):
    """What each claim must be, by its name; `*` stands for any characters, `?` for one, as in AWS's `StringLike`."""

    expects: ClassVar[str] = "YAML: a mapping of claims to what they must be, with `aud` among them"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

        document = load(text)
        if not isinstance(document, dict) or not all(isinstance(value, str) and value for value in document.values()):
            raise NotOfType(f"is not {cls.expects}")
        if _AUDIENCE not in document or set("*?") & set(document[_AUDIENCE]):
            raise NotOfType("names no `aud`, or one with `*` or `?`: the token is issued for exactly one audience")
        return cls(document)


def check_claims(expected: ExpectedClaims, id_tokens: IdTokens, masks: Masks) -> list[Finding]:
    """A finding for each claim that differs; one that says so if none does; cannot-verify if no token is issued."""
    try:
        token = id_tokens.token(expected[_AUDIENCE])
    except ServiceError as error:
        return [Reasons.oidc_unavailable(service=error.service, error=error)]
    masks.register("the OpenID Connect token", [token])
    try:
        claims = json_object(base64_bytes(token.reveal().split(".")[1]))
    except (Unreadable, IndexError):
        return [Reasons.oidc_unavailable(service="the issuer", error="what it issued is no token")]
    return list(_judge(expected, claims)) or [Reasons.oidc_as_expected(claims=", ".join(expected))]


def _judge(expected: Mapping[str, str], claims: Mapping[str, Any]) -> Iterator[Finding]:
    for name, pattern in expected.items():
        seen = claims.get(name)
        text = seen if isinstance(seen, str) else msgspec.json.encode(seen).decode()
        if seen is None:
            yield Reasons.oidc_claim_missing(rule=name, claim=name)
        elif not _is_like(text, pattern):
            yield Reasons.oidc_claim_differs(rule=name, claim=name, seen=text, expected=pattern)


def _is_like(text: str, pattern: str) -> bool:
    """Whether the text is as the pattern says. Star by star from the left, so that no pattern takes long."""
    pieces = [re.compile(re.escape(piece).replace("\\?", "."), re.DOTALL) for piece in pattern.split("*")]
    if len(pieces) == 1:
        return bool(pieces[0].fullmatch(text))
    first, *middle, last = pieces
    start, end = len(pattern.partition("*")[0]), len(text) - len(pattern.rpartition("*")[2])
    if start > end or not first.fullmatch(text[:start]) or not last.fullmatch(text[end:]):
        return False
    for piece in middle:
        found = piece.search(text, start, end)
        if not found:
            return False
        start = found.end()
    return True
