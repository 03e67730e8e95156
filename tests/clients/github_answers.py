"""GitHub as the tests of its client have it: answers made by a function, or the emulator."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes import FakeClock

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.patience import Patience
from deploy_actions.core.ports import Http, HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.rehearsal.emulators.github import GitHubEmulator
from deploy_actions.services.http import HttpServers

HOSTILE, TOKEN = "words-of-the-server", "canary-in-the-mine"
API = "https://api.github.example"
NOON = "2026-09-01T12:00:00Z"

# What no form of GitHub's has: each must be Malformed, and none may be quoted.
NO_FORM: list[Any] = [
    *(b"", b"\xff", f"<html>{HOSTILE}".encode(), b"[" * 100_000, None, 7, HOSTILE, {"message": HOSTILE}),
    *([HOSTILE], [{}], [None], [{"message": HOSTILE}], {HOSTILE: [HOSTILE]}),
]


class Answers:
    """Answers with what a function makes of the path below the repository, and of the number of the page."""

    def __init__(self, answer: Callable[[str, int], object]) -> None:
        self._answer = answer
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        where = urlsplit(request.url)
        given = self._answer(where.path.removeprefix("/repos/acme/orders/"), int(self.query().get("page", "1")))
        return HttpResponse(200, {}, given if isinstance(given, bytes) else json.dumps(given).encode())

    def query(self) -> dict[str, str]:
        """The query of the last request."""
        return {name: value for name, (value, *_) in parse_qs(urlsplit(self.requests[-1].url).query).items()}

    def body(self) -> Any:
        """The body of the last request."""
        return json.loads(self.requests[-1].body or b"null")


def always(answer: object) -> Answers:
    """The same answer to everything."""
    return Answers(lambda _path, _page: answer)


def client(http: Http, api: str = API) -> GitHubClient:
    """A client of a repository, whose clock stands still."""
    return GitHubClient(api, "acme/orders", Secret(TOKEN), Patience(http, FakeClock(), timedelta(seconds=60)))


def asking(emulator: GitHubEmulator) -> GitHubClient:
    """A client that asks the emulator over HTTP."""
    return client(HttpServers(), emulator.url)
