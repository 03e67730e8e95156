"""One secret at a time: its rule, its value, and what must be said of it."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.preflight_secrets.credentials import at, der_in_base64, jwt, pem, private_key
from tests.actions.preflight_secrets.room import judged
from tests.fakes import NOW

from deploy_actions.actions.preflight_secrets.dates import Moment, judge_clock
from deploy_actions.actions.preflight_secrets.judge import Outcome
from deploy_actions.actions.preflight_secrets.manifest import Manifest, Rule
from deploy_actions.actions.preflight_secrets.probes.probe import Answer
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.core.input_types import Duration
from deploy_actions.core.service_errors import Refused, ServiceError, Unreachable
from deploy_actions.core.verdict import Decision, reasons_of
from deploy_actions.credentials import KINDS

MOMENT = Moment(NOW, Duration.parse("60m"), Duration.parse("60s"))
RANDOM = os.urandom(20).hex()


def end(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


PEM_OK = pem(end(days=90))
ROWS: list[tuple[str, str, str | None, list[str]]] = [
    # what it is, its rules, its value, the reason codes
    ("unset", "", None, ["secret-missing"]),
    ("optional and unset", "optional: true", None, ["optional-secret-absent"]),
    ("opaque", "", RANDOM, ["secret-present"]),
    ("declared opaque", "kind: opaque", jwt({"exp": at(days=-1)}), ["secret-present"]),
    ("placeholder", "", "changeme", ["placeholder"]),
    ("placeholder with rules", "kind: jwt, min-length: 99", "TODO", ["placeholder"]),
    ("white space only", "", "  \n ", ["placeholder"]),
    ("trailing line end", "", f"{RANDOM}\n", ["surrounding-white-space", "secret-present"]),
    ("leading space", "", f" {RANDOM}", ["surrounding-white-space", "secret-present"]),
    ("three characters", "", "k9!", ["secret-too-short"]),
    ("three and spaces", "", " k9! ", ["surrounding-white-space", "secret-too-short"]),
    ("long enough", "min-length: 40", RANDOM, ["secret-present"]),
    ("not long enough", "min-length: 41", RANDOM, ["shorter-than-min-length"]),
    ("matches", 'pattern: "[0-9a-f]{40}"', RANDOM, ["secret-present"]),
    ("matches in part", 'pattern: "[0-9a-f]{39}"', RANDOM, ["pattern-mismatch"]),
    ("matches but for a line", 'pattern: "[0-9a-f]{40}"', f"{RANDOM}\nx", ["pattern-mismatch"]),
    ("opaque with a demand", "min-remaining: 1d", RANDOM, ["expiry-unreadable"]),
    ("JWT", "", jwt({"exp": at(days=30)}), ["secret-valid"]),
    ("JWT expired", "", jwt({"exp": at(seconds=-1)}), ["secret-expired"]),
    ("JWT expires now", "", jwt({"exp": at()}), ["secret-expired"]),
    ("JWT expires in the window", "", jwt({"exp": at(minutes=59, seconds=59)}), ["secret-expiring"]),
    ("JWT expires with the window", "", jwt({"exp": at(minutes=60)}), ["secret-valid"]),
    ("JWT within min-remaining", "min-remaining: 1d", jwt({"exp": at(days=1, minutes=59)}), ["secret-expiring"]),
    ("JWT beyond min-remaining", "min-remaining: 1d", jwt({"exp": at(days=1, minutes=60)}), ["secret-valid"]),
    ("JWT within the skew", "", jwt({"exp": at(days=9), "nbf": at(seconds=60)}), ["secret-valid"]),
    ("JWT beyond the skew", "", jwt({"exp": at(days=9), "nbf": at(seconds=61)}), ["secret-not-yet-valid"]),
    ("JWT issued in the future", "", jwt({"iat": at(hours=1)}), ["secret-not-yet-valid"]),
    ("JWT without end", "", jwt({"iat": at(hours=-1)}), ["secret-without-expiry"]),
    ("JWT without end, with a demand", "min-remaining: 1d", jwt({}), ["expiry-unreadable"]),
    ("JWT with a fraction", "", jwt({"exp": at(days=1) + 0.5}), ["secret-valid"]),
    ("JWT with a null", "", jwt({"exp": None}), ["secret-without-expiry"]),
    ("JWT with a text for a date", "", jwt({"exp": "tomorrow"}), ["expiry-unreadable"]),
    ("JWT with a Boolean", "", jwt({"exp": True}), ["expiry-unreadable"]),
    ("JWT beyond the year 9999", "", jwt({"exp": 10**12}), ["expiry-unreadable"]),
    ("JWT before the year 1", "", jwt({"exp": -(10**12)}), ["expiry-unreadable"]),
    ("JWT of infinity", "", jwt('{"exp": 1e400}'), ["secret-malformed"]),
    ("JWT of 1970", "", jwt({"exp": 0}), ["secret-expired"]),
    ("JWT unsigned", "", jwt({"exp": at(days=9)}, {"alg": "none"}), ["secret-questionable", "secret-valid"]),
    ("JWT whose payload is a list", "", jwt("[1]"), ["secret-malformed"]),
    ("JWT nested deeply", "", jwt('{"a":' * 9_000 + "1" + "}" * 9_000), ["secret-malformed"]),
    ("declared a JWT", "kind: jwt", RANDOM, ["secret-malformed"]),
    ("encrypted JWT", "", f"{jwt({})}.a.b", ["secret-present"]),
    ("encrypted JWT, declared", "kind: jwt", f"{jwt({})}.a.b", ["secret-malformed"]),
    ("three words with dots", "", "some.dotted.name", ["secret-present"]),
    ("certificate", "", PEM_OK, ["secret-valid"]),
    ("certificate expired", "", pem(end(hours=-1)), ["secret-expired"]),
    ("certificate in the window", "", pem(end(minutes=30)), ["secret-expiring"]),
    ("certificate of tomorrow", "", pem(end(days=9), starts=end(days=1)), ["secret-not-yet-valid"]),
    ("chain whose issuer ends first", "", pem(end(days=90), end(hours=-1)), ["secret-expired"]),
    ("certificate and its key", "", f"{PEM_OK}\n{private_key()}", ["secret-valid"]),
    ("certificate and a line too many", "", f"{PEM_OK}\n\n", ["surrounding-white-space", "secret-valid"]),
    ("key alone", "", private_key().strip(), ["secret-without-expiry"]),
    ("key alone, with a demand", "min-remaining: 1d", private_key(), ["expiry-unreadable"]),
    ("key alone, declared", "kind: x509", private_key().strip(), ["secret-malformed"]),
    ("DER in base64", "", der_in_base64(end(days=90)), ["secret-valid"]),
    ("DER in lines", "", der_in_base64(end(days=-2), 64), ["secret-expired"]),
    ("PEM with written-out line ends", "", PEM_OK.replace("\n", "\\n"), ["secret-malformed"]),
    ("PEM cut short", "", PEM_OK[:-60], ["secret-malformed"]),
    (
        "PEM of garbage",
        "",
        f"-----BEGIN CERTIFICATE-----\n{'A' * 48_000}\n-----END CERTIFICATE-----",
        ["secret-malformed"],
    ),
    ("base64 that is no certificate", "", "MII" + "A" * 200, ["secret-present"]),
    ("base64 that is no certificate, declared", "kind: x509", "MII" + "A" * 200, ["secret-malformed"]),
    ("expired and with a line end", "", f"{jwt({'exp': 1})}\n", ["surrounding-white-space", "secret-expired"]),
    ("expired and against its pattern", "pattern: x", jwt({"exp": 1}), ["pattern-mismatch", "secret-expired"]),
]


def codes(rules: str, value: str | None) -> list[str]:
    [rule] = Manifest.parse(f"KEY: {{ {rules} }}")
    return [finding.reason_code for finding in judged(rule, value, MOMENT)]


@pytest.mark.parametrize(("rules", "value", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_said_of_a_secret(rules: str, value: str | None, expected: list[str]) -> None:
    assert codes(rules, value) == expected


def test_every_reason_that_is_declared_is_given_somewhere() -> None:
    elsewhere = {"duplicate-value", "same-as-unknown", "clock-implausible", "no-secrets-declared", "secret-unreadable"}
    elsewhere |= {"companion-missing", "secret-weak", "part-not-masked"}
    elsewhere |= {"secret-aged", "secret-outside-environment", "age-unverifiable", "token-not-revoked"}
    elsewhere |= {reason.code for reason in reasons_of(Reasons) if reason.code.startswith("oidc-")}
    given = {code for row in ROWS for code in row[3]} | {code for _, _, codes in OUTCOMES for code in codes}
    assert {reason.code for reason in reasons_of(Reasons)} == given | elsewhere


OUTCOMES: list[tuple[str, Outcome, list[str]]] = [
    (RANDOM, Answer("https://api.example"), ["secret-accepted"]),
    (RANDOM, Answer("https://api.example", end(days=9)), ["secret-accepted", "secret-valid"]),
    (RANDOM, Answer("https://api.example", end(minutes=9)), ["secret-accepted", "secret-expiring"]),
    (RANDOM, Answer("https://api.example", end(minutes=-9)), ["secret-accepted", "secret-expired"]),
    (RANDOM, Answer("here", concerns=("it smells",)), ["secret-questionable", "secret-accepted"]),
    (jwt({"exp": at(days=9)}), Answer("here", end(minutes=9)), ["secret-accepted", "secret-expiring"]),
    (jwt({"exp": at(minutes=9)}), Answer("here", end(days=9)), ["secret-accepted", "secret-expiring"]),
    (RANDOM, Refused("api.example", "GET /", "status 401"), ["secret-refused"]),
    (RANDOM, Unreachable("api.example", "GET /", "status 500"), ["probe-impossible"]),
    (
        jwt({"exp": at(days=-9)}),
        Unreachable("api.example", "GET /", "status 500"),
        ["probe-impossible", "secret-expired"],
    ),
]


@pytest.mark.parametrize(("value", "outcome", "expected"), OUTCOMES)
def test_what_a_service_said_is_judged_with_what_the_secret_says(
    value: str, outcome: Outcome, expected: list[str]
) -> None:
    assert [finding.reason_code for finding in judged(Rule(name="KEY"), value, MOMENT, outcome=outcome)] == expected


@pytest.mark.parametrize("error", ServiceError.__subclasses__())
def test_a_service_that_did_not_take_the_secret_never_passes(error: type[ServiceError]) -> None:
    findings = judged(Rule(name="KEY"), RANDOM, MOMENT, outcome=error("api.example", "GET /", "a fault"))
    assert [finding.decision for finding in findings] == [Decision.FAIL if error is Refused else Decision.CANNOT_VERIFY]


@pytest.mark.parametrize(("now", "wrong"), [(datetime(1970, 1, 1, tzinfo=UTC), True), (NOW, False)])
def test_a_clock_that_is_certainly_wrong_is_said_to_be(now: datetime, *, wrong: bool) -> None:
    assert [finding.decision for finding in judge_clock(now)] == ([Decision.CANNOT_VERIFY] if wrong else [])


def test_a_window_that_ends_after_the_last_date_blocks_and_does_not_crash() -> None:
    rule = Rule(name="KEY", min_remaining=Duration.parse("5200w"))
    late = Moment(datetime(9999, 12, 31, tzinfo=UTC), Duration.parse("5200w"), Duration(0))
    token = jwt({"exp": int(datetime(9999, 12, 31, 12, tzinfo=UTC).timestamp())})
    assert [finding.reason_code for finding in judged(rule, token, late)] == ["secret-expiring"]


def test_a_message_says_when_and_how_long() -> None:
    [finding] = judged(Rule(name="KEY"), jwt({"exp": at(minutes=30)}), MOMENT)
    assert finding.message == (
        "KEY (JWT) expires on 2026-11-23 12:30 UTC, in 30m; it must last until 2026-11-23 13:00 UTC, the end of the "
        "deploy window of 1h."
    )


def test_a_token_that_passes_says_that_its_signature_was_not_checked() -> None:
    [finding] = judged(Rule(name="KEY"), jwt({"exp": at(days=3)}), MOMENT)
    assert finding.message == "KEY (JWT) is valid until 2026-11-26 12:00 UTC, in 3d. Its signature was not checked."


@pytest.mark.parametrize("kind", [None, "opaque", *KINDS])
@given(value=st.text() | st.binary(max_size=300).map(lambda data: data.decode("latin-1")))
def test_any_value_is_judged_and_none_is_quoted(kind: str | None, value: str) -> None:
    findings = judged(Rule(name="KEY", kind=kind, min_remaining=Duration(1)), value or None, MOMENT)
    assert findings
    if len(value) > 12:
        assert all(value not in finding.message + finding.remedy for finding in findings)


@given(
    claims=st.dictionaries(st.sampled_from(["exp", "nbf", "iat"]), st.floats() | st.integers() | st.text() | st.none())
)
def test_any_claims_are_judged(claims: dict[str, object]) -> None:
    assert judged(Rule(name="KEY", kind="jwt"), jwt(claims), MOMENT)
