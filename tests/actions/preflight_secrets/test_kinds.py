"""What each kind reads from a value, without any rule: the dates, or that there are none to be read."""

import base64
import contextlib
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.preflight_secrets.credentials import (
    at,
    certificate,
    der_in_base64,
    jwt,
    pem,
    private_key,
)
from tests.fakes import NOW

from deploy_actions.actions.preflight_secrets.kinds import KINDS, kind_of, x509
from deploy_actions.actions.preflight_secrets.kinds import jwt as jwt_kind
from deploy_actions.actions.preflight_secrets.validity import NoDate, Unreadable, Validity

GITHUB_LIMIT = 48 * 1024


def padded(token: str) -> str:
    return ".".join(part + "=" * (-len(part) % 4) for part in token.split("."))


def der_with_end(year: bytes) -> str:
    der = certificate(datetime(2060, 1, 1, tzinfo=UTC)).public_bytes(serialization.Encoding.DER)
    return base64.b64encode(der.replace(b"20600101000000Z", year + b"0101000000Z")).decode()


class TestJwt:
    @pytest.mark.parametrize(
        ("claims", "expires"),
        [
            ({"exp": at()}, NOW),
            ({"exp": at() + 0.25}, NOW + timedelta(seconds=0.25)),
            ({"exp": float(at())}, NOW),
            ({"exp": -1}, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
            ({"exp": 253_402_300_799}, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
            ({}, None),
        ],
    )
    def test_the_end_is_the_claim_exp(self, claims: dict[str, object], expires: datetime | None) -> None:
        assert jwt_kind.read(jwt(claims)).expires == expires

    def test_it_starts_at_the_later_of_nbf_and_iat(self) -> None:
        for claims in ({"nbf": at(hours=1), "iat": at()}, {"nbf": at(), "iat": at(hours=1)}):
            assert jwt_kind.read(jwt(claims)).not_before == NOW + timedelta(hours=1)

    @pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
    @pytest.mark.parametrize("date", ['"1893456000"', "true", "[1]", "{}", "253402300800", "-1e300", "1" + "0" * 400])
    def test_a_claim_that_is_no_date_is_never_passed_over(self, claim: str, date: str) -> None:
        with pytest.raises(NoDate, match=f"`{claim}`"):
            jwt_kind.read(jwt(f'{{"{claim}": {date}}}'))

    @pytest.mark.parametrize("payload", ['{"exp": 1e400}', '{"exp": NaN}', '{"exp": 1', '"text"', "null", "\ufeff{}"])
    def test_a_payload_that_is_no_json_object_is_unreadable(self, payload: str) -> None:
        with pytest.raises(Unreadable, match="payload"):
            jwt_kind.read(jwt(payload))

    def test_padding_which_no_signed_token_has_makes_it_none(self) -> None:
        token = padded(jwt({"exp": 1, "a": 1}))
        assert "=" in token
        assert kind_of(token) is None
        with pytest.raises(Unreadable):
            jwt_kind.read(token)

    @pytest.mark.parametrize("parts", [1, 2, 4, 5, 9])
    def test_three_parts_make_a_token_and_no_other_number(self, parts: int) -> None:
        token = ".".join([*jwt({"exp": 1}).split("."), *"abcdefg"][:parts])
        assert not jwt_kind.recognises(token)
        with pytest.raises(Unreadable):
            jwt_kind.read(token)


class TestX509:
    def test_a_chain_lasts_as_long_as_its_shortest_and_from_its_latest(self) -> None:
        validity = x509.read(pem(NOW + timedelta(days=9), NOW + timedelta(days=3), NOW + timedelta(days=30)))
        assert validity.expires == NOW + timedelta(days=3)
        assert validity.not_before == NOW - timedelta(days=1)
        assert validity.kind == "chain of 3 X.509 certificates"

    @pytest.mark.parametrize("key_first", [False, True])
    def test_a_key_beside_the_certificate_is_said_not_to_be_checked(self, *, key_first: bool) -> None:
        parts = [pem(NOW + timedelta(days=9)) + "\n", private_key()]
        validity = x509.read("".join(reversed(parts) if key_first else parts))
        assert (validity.expires, bool(validity.note)) == (NOW + timedelta(days=9), True)

    @pytest.mark.parametrize("line_length", [0, 64, 76])
    def test_base64_of_der_is_read_whole_and_in_lines(self, line_length: int) -> None:
        text = der_in_base64(NOW + timedelta(days=2), line_length)
        for value in (text, text.replace("\n", "\r\n"), text + "\n"):
            assert kind_of(value) is x509
            assert x509.read(value).expires == NOW + timedelta(days=2)

    def test_a_date_in_the_year_zero_is_a_date_that_cannot_be_read(self) -> None:
        with pytest.raises(NoDate):
            x509.read(der_with_end(b"0000"))

    @pytest.mark.parametrize("year", [1, 1949, 9999])
    def test_dates_of_all_other_years_are_read(self, year: int) -> None:
        assert x509.read(der_with_end(b"%04d" % year)).expires == datetime(year, 1, 1, tzinfo=UTC)

    def test_a_month_that_does_not_exist_makes_it_unreadable(self) -> None:
        der = base64.b64decode(der_with_end(b"2060"))
        with pytest.raises(Unreadable):
            x509.read(base64.b64encode(re.sub(rb"20600101", b"20601301", der)).decode())


@pytest.mark.parametrize(
    "value",
    [
        "MII" + " " * GITHUB_LIMIT + "!",
        "MII" + "A" * GITHUB_LIMIT + "!",
        "MII" + "=" * GITHUB_LIMIT,
        "MII=" + " " * GITHUB_LIMIT + "!",
        "MII" + "A=\n" * (GITHUB_LIMIT // 3),
        x509._PEM * (GITHUB_LIMIT // len(x509._PEM)),
        x509._PEM + "-----BEGIN " + "A " * (GITHUB_LIMIT // 2),
        "a." * (GITHUB_LIMIT // 2),
        "a" * GITHUB_LIMIT + "." + "!",
    ],
)
def test_the_largest_secret_of_any_content_is_judged_at_once(value: str) -> None:
    started = time.process_time()
    for kind in KINDS.values():
        kind.recognises(value)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(
    value=st.text() | st.text(alphabet="MIIAa0+/=-. \n") | st.binary().map(lambda data: base64.b64encode(data).decode())
)
def test_any_text_has_dates_or_is_unreadable(kind: object, value: str) -> None:
    for each in (each for each in KINDS.values() if each is kind):
        each.recognises(value)
        with contextlib.suppress(Unreadable):
            assert isinstance(each.read(value), Validity)
