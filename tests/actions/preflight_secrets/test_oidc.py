"""The claims of the job's token, with the real service and an emulated issuer."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.actions.preflight_secrets.credentials import jwt
from tests.actions.preflight_secrets.room import run_with
from tests.fakes import FakeIdTokens, FakeMasks, FakeSecrets

from deploy_actions.actions.preflight_secrets import PreflightSecretsInputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.redact import Redactor
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.core.world import World
from deploy_actions.rehearsal.emulators.oidc import Oidc, OidcIssuer
from deploy_actions.services.idtokens import connect

REQUEST_TOKEN = "request-token-made-up"
BY_NAME = "repo:acme/orders:environment:production"
BY_ID = "repo:acme@1234/orders@5678:environment:production"
OTHER = "repo:acme/orders:ref:refs/heads/main"


def inputs(expected: str) -> PreflightSecretsInputs:
    return PreflightSecretsInputs.from_texts({"secrets": "[]", "oidc-claims": expected})


def compared(expected: str, claims: Mapping[str, Any], masks: FakeMasks | None = None) -> Report:
    """With the issuer through the real service."""
    with OidcIssuer(Oidc(REQUEST_TOKEN, dict(claims))) as issuer:
        return asked(expected, issuer, masks or FakeMasks())


def asked(expected: str, issuer: OidcIssuer, masks: FakeMasks, request_token: str = REQUEST_TOKEN) -> Report:
    environ = {"ACTIONS_ID_TOKEN_REQUEST_URL": issuer.request_url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": request_token}
    id_tokens = connect(World(environ, Redactor(), lambda line: None))
    return run_with(inputs(expected), FakeSecrets(), id_tokens=id_tokens, masks=masks)


def judged(pattern: str, text: object) -> list[str]:
    """The reason codes for one claim, from a token that no issuer would make."""
    expected = msgspec.json.encode({"aud": "acme", "sub": pattern}).decode()
    token = FakeIdTokens(jwt({"aud": "acme", "sub": text}))
    found = run_with(inputs(expected), FakeSecrets(), id_tokens=token)
    return [finding.reason_code for finding in found.findings if finding.reason_code.startswith("oidc")]


MATCH, DIFFERS, MISSING = ["oidc-claims-as-expected"], ["oidc-claim-differs"], ["oidc-claim-missing"]


@pytest.mark.parametrize("subject", [BY_NAME, BY_ID])
def test_both_formats_of_subjects_are_compared_as_they_are(subject: str) -> None:
    expected = f"aud: sts.amazonaws.com\nsub: {subject}\niss: https://token.actions.githubusercontent.com"
    assert reasons(compared(expected, {"sub": subject})) == MATCH
    assert reasons(compared(expected, {"sub": OTHER})) == DIFFERS
    assert reasons(compared(expected, {"sub": BY_ID if subject == BY_NAME else BY_NAME})) == DIFFERS


def reasons(found: Report) -> list[str]:
    return [finding.reason_code for finding in found.findings if finding.reason_code.startswith("oidc")]


def test_a_claim_that_differs_is_shown_beside_what_was_expected() -> None:
    found = compared(f"aud: acme\nsub: {BY_NAME}\nactor: ada", {"sub": OTHER, "actor": "bob"})
    assert reasons(found) == DIFFERS * 2
    assert found.decision is Decision.FAIL
    first = next(finding for finding in found.findings if finding.reason_code == "oidc-claim-differs")
    assert OTHER in first.message
    assert BY_NAME in first.message
    assert first.rule == "sub"


def test_a_claim_that_is_not_there_is_named() -> None:
    found = compared("aud: acme\nenvironment: production\nref: x", {"ref": "x"})
    assert reasons(found) == MISSING
    assert "`environment`" in next(f.message for f in found.findings if f.reason_code == MISSING[0])


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("production", "production", MATCH),
        ("production", "Production", DIFFERS),
        ("production", "production ", DIFFERS),
        ("*", "anything\nat all", MATCH),
        ("*", "", MATCH),
        ("?", "x", MATCH),
        ("?", "", DIFFERS),
        ("?", "xy", DIFFERS),
        ("a?c", "a\nc", MATCH),
        ("repo:acme/*", "repo:acme/orders:x", MATCH),
        ("repo:acme/*", "repo:acme-evil/orders", DIFFERS),
        ("*:environment:production", BY_NAME, MATCH),
        ("*:environment:production", f"{BY_NAME}-x", DIFFERS),
        ("repo:acme/*:environment:*", BY_NAME, MATCH),
        ("repo:acme/*:environment:*", OTHER, DIFFERS),
        ("repo:acme@????/orders@*:environment:production", BY_ID, MATCH),
        ("ab*ba", "aba", DIFFERS),
        ("ab*ba", "abba", MATCH),
        ("a**b", "ab", MATCH),
        ("*a*a*", "a", DIFFERS),
        ("*a?*", "ba", DIFFERS),
        ("*?", "x", MATCH),
        ("a.c", "abc", DIFFERS),
        ("[a]+(b|c)$", "[a]+(b|c)$", MATCH),
        ("[a]+(b|c)$", "ab", DIFFERS),
        ("a\\?", "a\\x", MATCH),
        ("a\\*", "a\\", MATCH),
        ("true", True, MATCH),
        ("True", True, DIFFERS),
        ("12", 12, MATCH),
        ('["a","b"]', ["a", "b"], MATCH),
        ("*", None, MISSING),
    ],
)
def test_a_star_stands_for_any_characters_and_a_question_mark_for_one(
    pattern: str, text: object, expected: list[str]
) -> None:
    assert judged(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a*a*a*a*b", "a" * 10_000),
        ("*a" * 5_000 + "b", "a" * 10_000),
        ("*" * 10_000 + "b", "a" * 10_000),
        ("*" + "?" * 5_000 + "b*", "a" * 10_000),
        ("*" + "a" * 5_000 + "b*c", "a" * 10_000),
        ("*?" * 5_000 + "b", "a" * 10_000),
    ],
)
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    started = time.process_time()
    assert judged(pattern, text) == DIFFERS
    assert time.process_time() - started < 2


def test_the_token_is_masked_and_shown_nowhere() -> None:
    masks = FakeMasks()
    with OidcIssuer(Oidc(REQUEST_TOKEN, {"sub": OTHER})) as issuer:
        found = asked(f"aud: acme\nsub: {BY_NAME}", issuer, masks)
        token = msgspec.convert(issuer.answered[0].body, dict[str, Any])["value"]
    assert masks.values == [token]
    shown = f"{found.findings}{found.outputs.values()}"
    assert all(piece not in shown for piece in (token, *token.split("."), REQUEST_TOKEN))


def test_a_job_without_the_permission_cannot_verify() -> None:
    id_tokens = connect(World({}, Redactor(), lambda line: None))
    found = run_with(inputs("aud: acme"), FakeSecrets(), id_tokens=id_tokens)
    assert reasons(found) == ["oidc-unavailable"]
    assert found.decision is Decision.CANNOT_VERIFY
    assert "id-token: write" in found.findings[-2].message + found.findings[0].message


def test_an_issuer_that_is_down_or_refuses_cannot_verify() -> None:
    with OidcIssuer(Oidc(REQUEST_TOKEN)) as issuer:
        refused = asked("aud: acme", issuer, FakeMasks(), "another-token")
        issuer.state.down = True
        down = asked("aud: acme", issuer, FakeMasks())
    for found in (refused, down):
        assert reasons(found) == ["oidc-unavailable"]
        assert found.decision is Decision.CANNOT_VERIFY


@pytest.mark.parametrize(
    "token", ["", "garbage", "a.b.c", "a..c", "..", "a.e30", "a.W10.c", f"a.{'W1td' * 3}.c", "a.ä.c"]
)
def test_what_is_no_token_cannot_verify_and_is_masked(token: str) -> None:
    masks = FakeMasks()
    found = run_with(inputs("aud: acme"), FakeSecrets(), id_tokens=FakeIdTokens(token), masks=masks)
    assert reasons(found) in (["oidc-unavailable"], MISSING)
    assert found.decision in (Decision.CANNOT_VERIFY, Decision.FAIL)
    assert masks.values == [token]


@pytest.mark.parametrize(
    "text",
    [
        "sub: x",
        "{}",
        "aud: ''",
        "aud:",
        "aud: '*'",
        "aud: 'sts.*.com'",
        "aud: 'sts?'",
        "aud: [acme]",
        "aud: acme\nsub: {a: b}",
        "aud: acme\nsub: ''",
        "aud: acme\naud: other",
        "- aud",
        "acme",
        "aud: *acme",
        "{aud: acme",
    ],
)
def test_expected_claims_are_a_mapping_with_one_audience(text: str) -> None:
    with pytest.raises(InvalidInput, match="oidc-claims") as refused:
        inputs(text)
    assert "acme" not in str(refused.value)


def test_without_expected_claims_no_token_is_asked_for() -> None:
    found = run_with(PreflightSecretsInputs.from_texts({"secrets": "[]"}), FakeSecrets(), id_tokens=None)
    assert reasons(found) == []
