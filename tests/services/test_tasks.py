import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.actions.preflight_secrets.room import report
from tests.fakes import FakeTasks

from deploy_actions.core.ports import Tasks
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.services.http import HttpServers
from deploy_actions.services.tasks import SIDE_BY_SIDE, Threads

THREADS = Threads()


def test_outcomes_come_in_the_order_of_the_tasks() -> None:
    gates = [threading.Event() for _ in range(4)]

    def task(number: int) -> int:
        """Each waits for the one behind it."""
        if number + 1 < len(gates):
            assert gates[number + 1].wait(5)
        gates[number].set()
        return number

    assert THREADS.side_by_side([lambda n=n: task(n) for n in range(4)]) == [0, 1, 2, 3]  # type: ignore[misc]


def test_no_task_is_no_outcome() -> None:
    assert THREADS.side_by_side([]) == []


@pytest.mark.parametrize("kind", ServiceError.__subclasses__())
def test_an_error_of_a_service_is_an_outcome_and_stops_no_other_task(kind: type[ServiceError]) -> None:
    def fails() -> str:
        raise kind("Jira", "asking", "a fault")

    found = THREADS.side_by_side([lambda: "before", fails, lambda: "after"])
    assert (found[0], type(found[1]), found[2]) == ("before", kind, "after")


def test_a_bug_is_not_hidden() -> None:
    def fails() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        THREADS.side_by_side([fails])


def test_more_tasks_than_threads_are_all_done_and_no_more_than_that_at_a_time() -> None:
    before = threading.active_count()
    running, most, lock = 0, 0, threading.Lock()

    def task() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1

    tasks: list[Callable[[], None]] = [task] * (SIDE_BY_SIDE * 3)
    assert len(THREADS.side_by_side(tasks)) == SIDE_BY_SIDE * 3
    assert 1 < most <= SIDE_BY_SIDE
    assert threading.active_count() == before


@contextmanager
def slow_server(seconds: float) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(seconds)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64  # with 5, as is the default, some would have to dial again after a second

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_probes_wait_for_their_services_side_by_side() -> None:
    def seconds(tasks: Tasks) -> float:
        started = time.perf_counter()
        found = report(manifest, values, tasks=tasks, http=http)
        taken = time.perf_counter() - started
        assert [finding.reason_code for finding in found.findings].count("secret-accepted") == 12
        return taken

    values = {f"KEY_{number}": f"9f8e7d6c-{number}" for number in range(12)}
    http = HttpServers()
    with slow_server(0.2) as url:
        manifest = json.dumps({name: {"probe": {"type": "http", "url": url}} for name in values})
        assert seconds(THREADS) < seconds(FakeTasks()) / 3
