from datetime import UTC, datetime

import pytest

from deploy_actions.core.moments import moment_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T12:00Z", NOON),
        ("2026-11-24 12:00", NOON),
        ("2026-11-24T13:00+01:00", NOON),
        ("20261124T120000Z", NOON),
        ("2026-11-24", NOON.replace(hour=0)),
    ],
)
def test_a_moment_without_an_offset_is_utc(text: str, moment: datetime) -> None:
    assert moment_of(text) == moment
    assert moment_of(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "0001-01-01T00:00+01:00", "9999-12-31T23:59-01:00"])
def test_what_is_no_moment_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        moment_of(text)
