import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.rehearsal.clients import app_jwt, ask, rsa_key

from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.rehearsal.emulators.github import App, Fault, GitHub, GitHubEmulator, Repository, Token
from deploy_actions.services.http import HttpServers

WRITTEN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
PATH = "/repos/acme/orders/actions/secrets"
READER = "Bearer reader"
ANY = (200, 304, 401, 403, 404)


def world() -> GitHub:
    return GitHub(
        tokens={"reader": Token(scopes=["repo"], login="ada"), "other": Token()},
        apps={"7": App(public_key=rsa_key("app").public, installation_id=42, repositories=["acme/orders"])},
        repositories={"acme/orders": Repository(secrets={f"SECRET_{n:03}": WRITTEN for n in range(250)})},
    )


@pytest.fixture(name="github")
def _github() -> Iterator[GitHubEmulator]:
    with GitHubEmulator(world()) as github:
        yield github


def again(url: str, if_none_match: str, token: str = "reader") -> HttpResponse:
    headers = {"If-None-Match": if_none_match}
    return HttpServers().send(HttpRequest.bearer(url, Secret(token), headers=headers, expected=ANY))


def test_what_a_client_has_is_not_sent_again(github: GitHubEmulator) -> None:
    first = ask(github.url + PATH, READER)
    second = again(github.url + PATH, first.headers["etag"])
    assert (second.status, second.body, second.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "link" not in second.headers
    assert (github.answered[-1].status, github.answered[-1].body) == (304, None)


def test_what_has_changed_is_sent(github: GitHubEmulator) -> None:
    first = ask(github.url + PATH, READER)
    github.state.repositories["acme/orders"].secrets["SECRET_000"] = WRITTEN.replace(hour=9)
    second = again(github.url + PATH, first.headers["etag"])
    assert second.status == 200
    assert second.headers["etag"] not in ("", first.headers["etag"])


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        ("{etag}", 304),
        ('"{hash}"', 304),
        ('W/"{hash}"', 304),
        ('W/"other", W/"{hash}"', 304),
        ('"other","{hash}"', 304),
        ("{hash}", 200),
        ('W/"other"', 200),
        ('W/"{hash}x"', 200),
        ("", 200),
    ],
)
def test_an_etag_is_met_as_a_whole(github: GitHubEmulator, if_none_match: str, status: int) -> None:
    etag = ask(github.url + PATH, READER).headers["etag"]
    written = if_none_match.format(etag=etag, hash=etag.removeprefix('W/"').rstrip('"'))
    assert re.fullmatch('W/"[0-9a-f]{64}"', etag)
    assert again(github.url + PATH, written).status == status


def test_pages_have_their_own_etags(github: GitHubEmulator) -> None:
    tags = [ask(f"{github.url}{PATH}?per_page=100&page={page}", READER).headers["etag"] for page in (1, 2, 3)]
    assert len(set(tags)) == 3


@pytest.mark.parametrize(
    ("path", "authorization", "method"),
    [
        (PATH, "Bearer other", "GET"),
        (PATH, "Bearer nobody", "GET"),
        ("/repos/acme/nowhere", READER, "GET"),
        ("/app/installations/42/access_tokens", "app", "POST"),
    ],
)
def test_only_what_was_found_has_an_etag(github: GitHubEmulator, path: str, authorization: str, method: str) -> None:
    signed = app_jwt(rsa_key("app")) if authorization == "app" else authorization
    assert "etag" not in ask(github.url + path, signed, method=method).headers


def test_an_etag_opens_nothing(github: GitHubEmulator) -> None:
    etag = ask(github.url + PATH, READER).headers["etag"]
    assert again(github.url + PATH, etag, "nobody").status == 401
    assert again(github.url + PATH, etag, "other").status == 403


def test_what_a_client_has_does_not_count(github: GitHubEmulator) -> None:
    etag = ask(github.url + PATH, READER).headers["etag"]
    assert github.state.requests_used == 1
    answers = [again(github.url + PATH, etag) for _ in range(3)]
    assert github.state.requests_used == 1
    assert [one.headers["x-ratelimit-remaining"] for one in answers] == ["4999", "4999", "4999"]
    again(github.url + PATH, 'W/"other"')
    again(github.url + PATH, etag, "nobody")
    assert github.state.requests_used == 3


def test_asking_for_the_limits_again_is_not_counted_twice(github: GitHubEmulator) -> None:
    ask(github.url + PATH, READER)
    etag = ask(f"{github.url}/rate_limit", READER).headers["etag"]
    again(f"{github.url}/rate_limit", etag)
    assert github.state.requests_used == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"message": "Resource not accessible by integration", "status": "403"}),
        (404, {"message": "Not Found", "status": "404"}),
        (500, {"message": "Server Error", "status": "500"}),
        (502, {"message": "Server Error", "status": "502"}),
        (520, {"message": "Status 520", "status": "520"}),
        (503, {"message": "Service unavailable", "code": "unavailable"}),
    ],
)
def test_a_fault_has_the_form_of_githubs_errors(github: GitHubEmulator, status: int, body: dict[str, str]) -> None:
    github.state.faults.append(Fault(PATH, status))
    answer = ask(github.url + PATH, READER)
    assert (answer.status, answer.json) == (status, {**body, "documentation_url": "https://docs.github.com/rest"})


def test_a_fault_of_too_many_requests_says_when_to_come_again(github: GitHubEmulator) -> None:
    github.state.faults.append(Fault(PATH, 429))
    assert ask(github.url + PATH, READER).headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (Fault(PATH, 500), [500, 500, 500, 500]),
        (Fault(PATH, 500, page=1), [500, 500, 200, 200]),
        (Fault(PATH, 500, page=3), [200, 200, 200, 500]),
        (Fault(PATH, 500, times=1), [500, 200, 200, 200]),
        (Fault(PATH, 500, page=2, times=0), [200, 200, 200, 200]),
        (Fault(f"{PATH}/X", 500), [200, 200, 200, 200]),
        (Fault("/repos/acme/orders/actions", 500), [200, 200, 200, 200]),
    ],
)
def test_a_fault_has_a_place_and_a_number_of_times(github: GitHubEmulator, fault: Fault, statuses: list[int]) -> None:
    github.state.faults.append(msgspec.structs.replace(fault))
    queries = ("", "?per_page=100&page=1", "?per_page=100&page=2", "?per_page=100&page=3")
    assert [ask(f"{github.url}{PATH}{query}", READER).status for query in queries] == statuses


def test_a_fault_ends_after_its_times(github: GitHubEmulator) -> None:
    github.state.faults += [Fault(PATH, 502, times=2), Fault(PATH, 500, times=1)]
    assert [ask(github.url + PATH, READER).status for _ in range(4)] == [502, 502, 500, 200]


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"path": PATH, "status": 200}, "status"),
        ({"path": PATH, "status": 600}, "status"),
        ({"path": PATH, "status": 500, "page": 0}, "page"),
        ({"path": PATH, "status": 500, "times": -1}, "times"),
        ({"path": PATH, "status": 500, "for": 1}, "for"),
    ],
)
def test_what_is_no_fault_is_refused(fault: dict[str, Any], named: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.convert({"faults": [fault]}, GitHub)


def test_an_enterprise_server_has_its_api_below_a_path() -> None:
    with GitHubEmulator(world(), base_path="/api/v3") as github:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/v3", github.url)
        found = ask(f"{github.url}/repos/acme/orders", READER).json
        page = ask(f"{github.url}{PATH}?per_page=100", READER)
        assert found["url"] == f"{github.url}/repos/acme/orders"
        assert f"<{github.url}{PATH}?per_page=100&page=2>" in page.headers["link"]
        assert [one.path for one in github.received] == ["/repos/acme/orders", f"{PATH}?per_page=100"]


@pytest.mark.parametrize("path", ["/user", "/api/v3", "/api/v3user", "/api/v4/user", "/beside/user", "//user"])
def test_there_is_nothing_beside_the_path(path: str) -> None:
    with GitHubEmulator(world(), base_path="/api/v3") as github:
        assert ask(f"{github.url}/user", READER).status == 200
        assert ask(github.url.removesuffix("/api/v3") + path, READER).status == 404


@pytest.mark.parametrize("path", ["/", "/api/v3/", "api/v3", "//api", "/api/../v3"])
def test_what_is_no_path_of_an_api_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is no path such as `/api/v3`"):
        GitHubEmulator(world(), base_path=path)


def test_faults_are_below_the_path_too() -> None:
    with GitHubEmulator(world(), base_path="/api/v3") as github:
        github.state.faults.append(Fault("/user", 502))
        assert ask(f"{github.url}/user", READER).status == 502
