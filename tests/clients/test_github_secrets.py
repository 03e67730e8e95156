import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.clients.github_answers import NO_FORM, TOKEN
from tests.fakes import FakeHttp

from deploy_actions.clients.github_secrets import Listed, Places, listed, nearest
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound, Refused
from deploy_actions.rehearsal.emulators.github import GitHub, GitHubEmulator, Repository, Token
from deploy_actions.services.http import HttpServers

NOW = datetime.now(UTC).replace(microsecond=0)


def places(api: str = "https://api.github.example", environment: str = "production") -> Places:
    return Places(api=api, repository="acme/orders", environment=environment, token=Secret(TOKEN))


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def emulated(home: Repository, *permissions: str) -> GitHub:
    token = Token("installation", dict.fromkeys(permissions or ("secrets", "environments"), "read"))
    return GitHub({TOKEN: token}, repositories={"acme/orders": home})


HOME = Repository({"A": ago(1), "b": ago(2)}, {"production": {"A": ago(3)}}, {"A": ago(4), "C": ago(5)})


def test_secrets_are_listed_by_place_and_the_nearest_wins() -> None:
    with GitHubEmulator(emulated(HOME)) as github:
        found = listed(places(github.url), HttpServers().send)
    assert found == {
        "organization": {"A": ago(4), "C": ago(5)},
        "repository": {"A": ago(1), "B": ago(2)},
        "environment": {"A": ago(3)},
    }
    assert nearest(found) == {
        "A": Listed("environment", ago(3)),
        "B": Listed("repository", ago(2)),
        "C": Listed("organization", ago(5)),
    }


def test_without_an_environment_none_is_asked_for() -> None:
    http = FakeHttp(b'{"total_count": 0, "secrets": []}')
    assert listed(places(environment=""), http.send) == {"organization": {}, "repository": {}}
    assert len(http.requests) == 2


@pytest.mark.parametrize("permission", ["secrets", "environments"])
def test_one_permission_is_not_enough(permission: str) -> None:
    with GitHubEmulator(emulated(HOME, permission)) as github, pytest.raises(Refused):
        listed(places(github.url), HttpServers().send)


def test_a_list_of_an_environment_that_is_not_there_is_not_empty() -> None:
    with GitHubEmulator(emulated(HOME)) as github, pytest.raises(NotFound):
        listed(places(github.url, "staging"), HttpServers().send)


@pytest.mark.parametrize("answer", NO_FORM, ids=lambda answer: repr(answer)[:30])
def test_an_answer_of_no_form_is_malformed(answer: object) -> None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    with pytest.raises(Malformed):
        listed(places(), FakeHttp(body).send)


@pytest.mark.parametrize(("count", "shown"), [(1, 0), (101, 100), (150, 0), (5001, 100)])
def test_a_list_that_is_not_whole_proves_nothing(count: int, shown: int) -> None:
    def send(request: HttpRequest) -> HttpResponse:
        first = "page=1" in request.url.rsplit("&", 1)[-1]
        names = [f"K{number}" for number in range(shown)] if first else []
        secrets = [{"name": name, "updated_at": "2026-11-01T00:00:00Z"} for name in names]
        return HttpResponse(200, {}, json.dumps({"total_count": count, "secrets": secrets}).encode())

    with pytest.raises(Malformed, match=r"fewer than it counts|more than 5000"):
        listed(places(), send)
