"""Asks again what may be answered later: limits of rate are obeyed, outages waited for, within a time in all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from deploy_actions.core.ports import Clock, Http, HttpRequest, HttpResponse
from deploy_actions.core.service_errors import RateLimited, ServiceError, Unreachable

_FIRST_WAIT_SECONDS = 1.0
_MOST_ATTEMPTS = 6
_LATER: tuple[type[ServiceError], ...] = (RateLimited, Unreachable)
T = TypeVar("T")


class Patience:
    """Requests that together take at most `limit`; each is tried up to six times, with a wait that doubles."""

    def __init__(self, http: Http, clock: Clock, limit: timedelta) -> None:
        self._http = http
        self._clock = clock
        self._deadline: datetime = clock.now() + limit

    def send(self, request: HttpRequest, *, writes: bool = False) -> HttpResponse:
        """The answer. Raises the last ServiceError when time or attempts are used up, or when no waiting helps.

        What `writes` is not sent again after an outage: it may have been done, and only its answer lost.
        """
        if self._clock.now() > self._deadline:
            raise Unreachable(_host(request.url), request.method, "the time for all requests together is over")
        return self.again(lambda: self._http.send(request), later=(RateLimited,) if writes else _LATER)

    def again(
        self, ask: Callable[[], T], *, later: tuple[type[ServiceError], ...] = _LATER, attempts: int = _MOST_ATTEMPTS
    ) -> T:
        """What `ask` returns; it is asked again after the errors that may pass `later`, while there is time."""
        wait = _FIRST_WAIT_SECONDS
        for _ in range(attempts - 1):
            try:
                return ask()
            except later as error:
                if not self.wait(_asked_for(error) or wait):
                    raise
            wait *= 2
        return ask()

    def wait(self, seconds: float) -> bool:
        """Waits, if there is time for it; says whether it did."""
        if self._clock.now() + timedelta(seconds=seconds) > self._deadline:
            return False
        self._clock.sleep(seconds)
        return True


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _asked_for(error: ServiceError) -> float | None:
    return getattr(error, "retry_after", None)
