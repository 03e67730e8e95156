from datetime import UTC, datetime, timedelta

import pytest
from tests.credentials.makers import START, parts_of, presigned

from deploy_actions.credentials import aws_presigned_url as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import NoDate, Unreadable


@pytest.mark.parametrize("lasts", [1, 60, 604_800])
def test_it_lasts_from_its_date_for_its_seconds(lasts: int) -> None:
    value = presigned(lasts=str(lasts))
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.issued, credential.not_before) == (START, START)
    assert credential.expires == START + timedelta(seconds=lasts)
    assert parts_of(credential) == ["ab" * 32]
    assert credential.note == ""


def test_that_it_was_signed_in_a_session_is_noted() -> None:
    assert "session" in kind.read(presigned(more="&X-Amz-Security-Token=abc")).note


@pytest.mark.parametrize("lasts", ["", "0", "604801", "-1", "1e3", "NaN", "9" * 4000, "١"])
def test_seconds_that_aws_does_not_grant_give_no_date(lasts: str) -> None:
    with pytest.raises(NoDate, match="Expires"):
        kind.read(presigned(lasts=lasts))


@pytest.mark.parametrize(
    "date", ["", "2026-01-02", "20261302T030405Z", "20260102T030465Z", "00000102T030405Z", "20260102T030405", "١" * 16]
)
def test_a_date_that_is_none_gives_no_date(date: str) -> None:
    with pytest.raises(NoDate, match="X-Amz-Date"):
        kind.read(presigned(date))


def test_an_end_beyond_the_year_9999_is_none() -> None:
    assert kind.read(presigned("99991231T235958Z", "1")).expires == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(NoDate):
        kind.read(presigned("99991231T235959Z", "1"))


@pytest.mark.parametrize("cut", [1, 10, 64, 65, 81, 110])
def test_an_address_that_was_cut_off_is_unreadable(cut: int) -> None:
    value = presigned()[:-cut]
    assert kind.recognises(value)
    with pytest.raises(Unreadable, match="64"):
        kind.read(value)


@pytest.mark.parametrize("value", ["https://bucket.s3.amazonaws.com/file", "X-Amz-Signature=ab", "s3://bucket/file"])
def test_an_address_without_a_signature_is_none(value: str) -> None:
    assert not kind.recognises(value)
    with pytest.raises(Unreadable):
        kind.read(value)
