"""An answer is taken again only where GitHub says that it has not changed, and only from a file that nobody changed."""

import pytest
from tests.clients.github_answers import API
from tests.fakes import FakeFiles

from deploy_actions.clients.etags import Conditional, Kept, load, save
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Refused

KEY = Secret("obviously-fake-key")


class Versioned:
    """Answers with a body and its ETag, with 304 where that is asked for."""

    def __init__(self, body: bytes = b"[1]") -> None:
        self.body = body
        self.statuses: list[int] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        etag = f'W/"{self.body.decode()}"'
        status = 304 if request.headers.get("If-None-Match") == etag else 200
        assert status in (request.expected or (200,))
        self.statuses.append(status)
        return HttpResponse(status, {"etag": etag}, b"" if status == 304 else self.body)


def get(url: str = f"{API}/a") -> HttpRequest:
    return HttpRequest(url=url)


def test_what_has_not_changed_is_not_sent_again() -> None:
    server = Versioned()
    http = Conditional(server)
    answers = [http.send(get()) for _ in range(2)]
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"[1]")] * 2
    assert server.statuses == [200, 304]


def test_what_has_changed_is_new() -> None:
    server = Versioned()
    http = Conditional(server)
    http.send(get())
    server.body = b"[2]"
    assert http.send(get()).body == b"[2]"
    assert http.send(get()).body == b"[2]"
    assert server.statuses == [200, 200, 304]


def test_each_address_has_its_own() -> None:
    server = Versioned()
    http = Conditional(server)
    http.send(get())
    http.send(get(f"{API}/b"))
    assert server.statuses == [200, 200]


def test_what_changes_something_is_always_sent() -> None:
    server = Versioned()
    http = Conditional(server, {f"{API}/a": Kept('W/"[1]"', b"old")})
    assert http.send(HttpRequest(url=f"{API}/a", method="POST")).status == 200


def written() -> bytes:
    files = FakeFiles()
    assert save(files, "kept", KEY, {f"{API}/a": Kept("x", b"[1]" * 1000)}) == ""
    return files.written["kept"]


def test_what_was_kept_comes_back() -> None:
    assert load(FakeFiles(written()), "kept", KEY) == {f"{API}/a": Kept("x", b"[1]" * 1000)}
    assert len(written()) < 500


def test_another_credential_has_nothing_of_it() -> None:
    assert load(FakeFiles(written()), "kept", Secret("another-fake-key")) == {}


@pytest.mark.parametrize("place", [0, 31, 32, 40, -1])
def test_a_file_that_somebody_changed_is_not_used(place: int) -> None:
    content = bytearray(written())
    content[place] ^= 1
    assert load(FakeFiles(bytes(content)), "kept", KEY) == {}


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"\0" * 100])
def test_what_is_no_such_file_is_not_used(content: bytes) -> None:
    assert load(FakeFiles(content), "kept", KEY) == {}


def test_no_file_is_no_answers() -> None:
    assert load(FakeFiles(absent=("kept",)), "kept", KEY) == {}


def test_a_file_that_may_not_be_written_is_said() -> None:
    assert "denied" in save(FakeFiles(error=Refused("file", "writing", "denied")), "kept", KEY, {})
