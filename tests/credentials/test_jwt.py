from datetime import UTC, datetime

import pytest
from tests.credentials.makers import END, START, base64url_of, jwt, letters, parts_of, seconds

from deploy_actions.credentials import jwt as kind
from deploy_actions.credentials.credential import NoDate, Unreadable


@pytest.mark.parametrize(
    ("claims", "starts", "issued", "ends"),
    [
        ({"exp": seconds(END), "nbf": seconds(START)}, START, None, END),
        ({"exp": seconds(END), "iat": seconds(START)}, START, START, END),
        ({"nbf": seconds(START), "iat": seconds(START) - 9}, START, datetime(2026, 1, 2, 3, 3, 56, tzinfo=UTC), None),
        ({"exp": 1.0}, None, None, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        ({"exp": 0}, None, None, datetime(1970, 1, 1, tzinfo=UTC)),
        ({"exp": -1}, None, None, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"exp": 253_402_300_799}, None, None, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"exp": None}, None, None, None),
        ({}, None, None, None),
    ],
)
def test_the_dates_are_those_of_the_claims(
    claims: dict[str, object], starts: datetime | None, issued: datetime | None, ends: datetime | None
) -> None:
    credential = kind.read(jwt(claims))
    assert (credential.not_before, credential.issued, credential.expires) == (starts, issued, ends)


@pytest.mark.parametrize("date", ["true", '"1"', "[1]", "{}", "253402300800", "-1e300", "1e18", "1" + "0" * 400])
@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
def test_a_claim_that_is_no_date_is_never_passed_over(claim: str, date: str) -> None:
    with pytest.raises(NoDate, match=claim):
        kind.read(jwt(f'{{"{claim}": {date}}}'))


@pytest.mark.parametrize("payload", ['{"exp": NaN}', '{"exp": 1e400}', '{"exp": 1', "[]", "null", '{"a":' * 5000, ""])
def test_a_payload_that_is_no_json_object_is_unreadable(payload: str) -> None:
    with pytest.raises(Unreadable):
        kind.read(jwt(payload))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_a_token_without_a_signature_is_a_concern(algorithm: str) -> None:
    token = jwt({"exp": 1}, {"alg": algorithm}).rpartition(".")[0] + "."
    assert kind.recognises(token)
    assert any("none" in concern for concern in kind.read(token).concerns)


def test_a_token_that_was_cut_off_in_its_payload_is_unreadable() -> None:
    token = jwt({"exp": seconds(END), "sub": letters(40)})
    for cut in (token[:40], token.partition(".")[0] + ".", token[: token.index(".") + 10] + "."):
        with pytest.raises(Unreadable):
            kind.read(cut)


def test_payload_and_signature_are_masked_by_themselves() -> None:
    token = jwt({"exp": 1})
    assert parts_of(kind.read(token)) == token.split(".")[1:]


@pytest.mark.parametrize(
    "value",
    [
        "eyes.of.march",
        f"{base64url_of('{}')}.a.b",
        f"{base64url_of('[1]')}.a.b",
        jwt({"a": 1}) + ".a.b",
        jwt({"a": 1}) + "=",
        "Bearer " + jwt({"a": 1}),
    ],
)
def test_what_has_not_three_parts_with_an_algorithm_is_no_token(value: str) -> None:
    assert not kind.recognises(value)
