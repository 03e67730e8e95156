import pytest
from tests.credentials.makers import END, START, base64url_of, macaroon, pypi_token, seconds

from deploy_actions.credentials import pypi_token as kind
from deploy_actions.credentials.credential import NoDate, Unreadable

SPAN = [0, seconds(END), seconds(START)]


def token(data: bytes) -> str:
    return "pypi" + f"-{base64url_of(data)}"


def test_a_token_without_restrictions_has_no_end() -> None:
    credential = kind.read(pypi_token())
    assert (credential.expires, credential.not_before, credential.issuer) == (None, None, "pypi.org")


def test_a_time_span_gives_start_and_end() -> None:
    credential = kind.read(pypi_token([1, ["project"]], SPAN, location="test.pypi.org"))
    assert (credential.not_before, credential.expires, credential.issuer) == (START, END, "test.pypi.org")


def test_of_two_time_spans_what_they_share_counts() -> None:
    credential = kind.read(pypi_token([0, seconds(END) + 9, seconds(START)], [0, seconds(END), 5]))
    assert (credential.not_before, credential.expires) == (START, END)


def test_a_restriction_in_the_old_form_is_no_time_span() -> None:
    assert kind.read(pypi_token({"version": 1, "permissions": "user"})).expires is None


@pytest.mark.parametrize(
    "span", [[0, "a", 1], [0, True, 1], [0, 1, False], [0, 1.5, 1], [0, None, None], [0, 10**30, 1], [0, [], {}]]
)
def test_a_time_span_that_is_not_two_numbers_is_unreadable(span: list[object]) -> None:
    with pytest.raises(Unreadable):
        kind.read(pypi_token(span))


@pytest.mark.parametrize("end", [10**15, -(10**15), 253_402_300_800])
def test_a_time_span_beyond_the_year_9999_has_no_date(end: int) -> None:
    with pytest.raises(NoDate):
        kind.read(pypi_token([0, end, 1]))


@pytest.mark.parametrize("caveat", [b"\xff", b"", b"[" * 5000, b"[0]", b"[]", b"[true,1,2]", b"NaN"])
def test_a_restriction_that_is_no_time_span_is_passed_over(caveat: bytes) -> None:
    assert kind.read(pypi_token(caveat)).expires is None


def test_a_token_that_was_cut_off_anywhere_is_unreadable() -> None:
    whole = pypi_token(SPAN)
    for length in range(len("pypi-AgE"), len(whole)):
        with pytest.raises(Unreadable):
            kind.read(whole[:length])


@pytest.mark.parametrize(
    "data",
    [
        b"\x01" + macaroon()[1:],
        b"\x02\x01\x08pypi.org",
        b"\x02\x01" + b"\xff" * 20,
        b"\x02\x01\xff\xff\xff\xff\x7f",
        b"\x02\x02\x01a",
        macaroon() + b"\x07\x01a",
    ],
)
def test_what_is_no_whole_macaroon_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        kind.read(token(data))


@pytest.mark.parametrize("value", ["pypi-", "pypi-proxy-password", "pypi", "PYPI-AgE"])
def test_a_name_that_begins_with_pypi_is_no_token(value: str) -> None:
    assert not kind.recognises(value)
