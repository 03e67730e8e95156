from datetime import UTC, datetime, timedelta

from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services import clock


def test_the_time_is_that_of_the_host_in_utc() -> None:
    now = clock.connect(World({}, Redactor(), lambda line: None)).now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_sleeping_moves_the_monotonic_clock_by_as_much_at_least() -> None:
    host = clock.connect(World({}, Redactor(), lambda line: None))
    before = host.monotonic()
    host.sleep(0.05)
    assert 0.05 <= host.monotonic() - before < 5
