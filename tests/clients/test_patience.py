from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.fakes import FakeClock, FakeHttp

from deploy_actions.clients.patience import Patience
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import (
    Malformed,
    NotFound,
    NotInstalled,
    RateLimited,
    Refused,
    ServiceError,
    Unreachable,
)

GOOD = HttpResponse(200, {}, b"{}")
ASKED = HttpRequest(url="https://jira.example/rest/api/2/field?of=them")


class Answers:
    """Gives these answers in turn, the last one for ever."""

    def __init__(self, *answers: HttpResponse | ServiceError, then: Callable[[], None] = lambda: None) -> None:
        self._answers = list(answers)
        self._then = then
        self.asked = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        self._then()
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, ServiceError):
            raise answer
        return answer


def limited(retry_after: int | None) -> RateLimited:
    return RateLimited("jira.example", "GET /", "status 429", retry_after)


DOWN = Unreachable("jira.example", "GET /", "status 503")


@pytest.mark.parametrize(
    ("answers", "limit", "slept", "ends_in"),
    [
        ([GOOD], 60, [], None),
        ([DOWN, GOOD], 60, [1], None),
        ([DOWN, DOWN, DOWN, GOOD], 60, [1, 2, 4], None),
        ([DOWN], 60, [1, 2, 4, 8, 16], Unreachable),
        ([DOWN], 5, [1, 2], Unreachable),
        ([DOWN], 0, [], Unreachable),
        ([limited(7), limited(3), GOOD], 60, [7, 3], None),
        ([limited(None), limited(None), GOOD], 60, [1, 2], None),
        ([limited(0), GOOD], 60, [1], None),
        ([limited(61)], 60, [], RateLimited),
        ([limited(9_999_999)], 60, [], RateLimited),
        ([limited(60), GOOD], 60, [60], None),
        ([limited(1)], 60, [1] * 5, RateLimited),
        ([DOWN, limited(5), DOWN, GOOD], 60, [1, 5, 4], None),
        *(
            ([kind("jira.example", "GET /", "cause")], 60, [], kind)
            for kind in (Refused, NotFound, Malformed, NotInstalled)
        ),
    ],
)
def test_what_may_be_answered_later_is_asked_again(
    answers: list[HttpResponse | ServiceError], limit: int, slept: list[float], ends_in: type[ServiceError] | None
) -> None:
    clock, http = FakeClock(), Answers(*answers)
    patience = Patience(http, clock, timedelta(seconds=limit))
    if ends_in is None:
        assert patience.send(ASKED) is GOOD
    else:
        with pytest.raises(ends_in):
            patience.send(ASKED)
    assert clock.slept == slept
    assert http.asked == len(slept) + 1


def test_the_time_is_for_all_requests_together() -> None:
    clock, http = FakeClock(), Answers(limited(4), GOOD, limited(4), GOOD, limited(4), GOOD)
    patience = Patience(http, clock, timedelta(seconds=10))
    patience.send(ASKED)
    patience.send(ASKED)
    with pytest.raises(RateLimited):
        patience.send(ASKED)
    assert clock.slept == [4, 4]


def test_answers_that_are_slow_end_in_time_too() -> None:
    clock = FakeClock()
    http = Answers(GOOD, then=lambda: clock.sleep(4))
    patience = Patience(http, clock, timedelta(seconds=10))
    for _ in range(3):
        patience.send(ASKED)
    with pytest.raises(Unreachable) as raised:
        patience.send(ASKED)
    assert http.asked == 3
    assert (raised.value.service, raised.value.operation) == ("jira.example", "GET")


def test_a_wait_that_is_too_long_is_not_begun() -> None:
    clock = FakeClock()
    patience = Patience(Answers(GOOD), clock, timedelta(seconds=3))
    assert [patience.wait(seconds) for seconds in (2, 2, 1, 1)] == [True, False, True, False]
    assert clock.slept == [2, 1]


def test_what_writes_is_not_sent_again_after_an_outage_but_after_a_limit_of_rate() -> None:
    request = HttpRequest(url="https://jira.example/x", method="POST", body=b"{}")
    down, clock = FakeHttp(error=Unreachable("jira.example", "POST /x", "status 503")), FakeClock()
    with pytest.raises(Unreachable):
        Patience(down, clock, timedelta(minutes=5)).send(request, writes=True)
    assert (len(down.requests), clock.slept) == (1, [])
    limited = FakeHttp(error=RateLimited("jira.example", "POST /x", "status 429", 7))
    with pytest.raises(RateLimited):
        Patience(limited, clock, timedelta(minutes=5)).send(request, writes=True)
    assert len(limited.requests) > 1
