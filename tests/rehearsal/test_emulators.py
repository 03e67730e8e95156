import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from tests.rehearsal.clients import app_jwt, ask, basic, rsa_key

from deploy_actions.credentials import github_token
from deploy_actions.rehearsal.emulators.github import App, GitHub, GitHubEmulator, Repository, Token
from deploy_actions.rehearsal.emulators.jira import Jira, JiraEmulator, User
from deploy_actions.rehearsal.emulators.oidc import ISSUER, Oidc, OidcIssuer
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

WRITTEN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ENDS = datetime(2036, 12, 1, 10, 0, tzinfo=UTC)
SECRETS = "/repos/acme/orders/actions/secrets"
MINT = "/app/installations/42/access_tokens"
READER = "Bearer reader"


def github_state() -> GitHub:
    return GitHub(
        tokens={
            "reader": Token(permissions={"secrets": "read", "environments": "write", "actions": "read"}, login="ada"),
            "ending": Token(expires=ENDS, login="ada"),
            "ended": Token(expires=datetime(2026, 1, 1, tzinfo=UTC)),
            "classic": Token(scopes=["repo", "read:org"]),
            "narrow-classic": Token(scopes=["gist"]),
            "job": Token("installation", {"contents": "read", "metadata": "read"}),
            "elsewhere": Token("installation", {"secrets": "read"}, repositories=["acme/other"]),
        },
        apps={
            "7": App(
                public_key=rsa_key("app").public,
                installation_id=42,
                permissions={"secrets": "read", "environments": "read", "metadata": "read"},
                repositories=["acme/orders"],
                client_id="Iv-client",
            )
        },
        repositories={
            "acme/orders": Repository(
                secrets={"DEPLOY_TOKEN": WRITTEN},
                environments={"production": {"SERVICE_JWT": WRITTEN}, "eu/production": {}},
                organization_secrets={"SENTRY_DSN": WRITTEN},
            ),
            "acme/other": Repository(secrets={f"SECRET_{n:03}": WRITTEN for n in range(250)}),
        },
    )


@pytest.mark.parametrize(
    ("path", "authorization", "status", "message"),
    [
        (SECRETS, READER, 200, None),
        (SECRETS, "token reader", 200, None),
        (SECRETS, "Bearer classic", 200, None),
        ("/repos/ACME/Orders/actions/secrets", READER, 200, None),
        ("/repos/acme/orders/environments/eu%2Fproduction/secrets", READER, 200, None),
        ("/rate_limit", "", 200, None),
        ("/rate_limit", "Bearer job", 200, None),
        (SECRETS, "", 401, "Requires authentication"),
        (SECRETS, "Bearer unknown", 401, "Bad credentials"),
        (SECRETS, "reader", 401, "Bad credentials"),
        (SECRETS, "Bearer ended", 401, "Bad credentials"),
        ("/rate_limit", "Bearer unknown", 401, "Bad credentials"),
        (SECRETS, "Bearer job", 403, "Resource not accessible by integration"),
        (SECRETS, "Bearer ending", 403, "Resource not accessible by personal access token"),
        (SECRETS, "Bearer narrow-classic", 403, "Must have admin rights to Repository."),
        ("/user", "Bearer job", 403, "Resource not accessible by integration"),
        ("/repos/acme/orders/environments/production", "Bearer job", 403, "Resource not accessible by integration"),
        ("/repos/acme/nowhere/actions/secrets", READER, 404, "Not Found"),
        (SECRETS, "Bearer elsewhere", 404, "Not Found"),
        ("/repos/acme/orders/environments/staging", READER, 404, "Not Found"),
        ("/repos/acme/orders/environments/staging/secrets", READER, 404, "Not Found"),
        ("/repos/acme/orders/environments/eu/production/secrets", READER, 404, "Not Found"),
        ("/no-such-route", READER, 404, "Not Found"),
    ],
)
def test_github_refuses_as_github_does(path: str, authorization: str, status: int, message: str | None) -> None:
    with GitHubEmulator(github_state()) as github:
        response = ask(github.url + path, authorization)
    assert response.status == status
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json.get("message") == message
    if message:
        expected = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        assert response.json == expected


@pytest.mark.parametrize(
    ("path", "key", "names"),
    [
        (SECRETS, "secrets", ["DEPLOY_TOKEN"]),
        ("/repos/acme/orders/actions/organization-secrets", "secrets", ["SENTRY_DSN"]),
        ("/repos/acme/orders/environments/Production/secrets", "secrets", ["SERVICE_JWT"]),
    ],
)
def test_github_lists_the_names_of_secrets(path: str, key: str, names: list[str]) -> None:
    with GitHubEmulator(github_state()) as github:
        body = ask(github.url + path, READER).json
    assert body["total_count"] == len(names)
    times = {"created_at": "2026-09-01T08:00:00Z", "updated_at": "2026-09-01T08:00:00Z"}
    assert body[key] == [{"name": name, **times} for name in names]


def test_a_list_of_250_comes_on_three_pages() -> None:
    with GitHubEmulator(github_state()) as github:
        url: str | None = f"{github.url}/repos/acme/other/actions/secrets?per_page=100"
        pages = []
        while url:
            response = ask(url, READER)
            pages.append([secret["name"] for secret in response.json["secrets"]])
            addresses = [link.partition("; ") for link in response.headers["link"].split(", ")]
            links = {relation: address for address, _, relation in addresses}
            url = links.get('rel="next"', "").strip("<>") or None
            assert response.json["total_count"] == 250
        assert set(links) == {'rel="prev"', 'rel="first"'}
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len({name for page in pages for name in page}) == 250


@pytest.mark.parametrize(
    ("query", "count", "linked"),
    [
        ("", 30, True),
        ("?per_page=1000", 100, True),
        ("?per_page=0", 30, True),
        ("?page=x", 30, True),
        ("?per_page=100&page=9", 0, True),
    ],
)
def test_a_page_has_githubs_default_and_limit(query: str, count: int, linked: bool) -> None:
    with GitHubEmulator(github_state()) as github:
        response = ask(f"{github.url}/repos/acme/other/actions/secrets{query}", READER)
        single = ask(github.url + SECRETS, READER)
    assert len(response.json["secrets"]) == count
    assert ("link" in response.headers) is linked
    assert "link" not in single.headers


def test_github_tells_when_a_personal_token_ends() -> None:
    with GitHubEmulator(github_state()) as github:
        ending, endless = ask(f"{github.url}/user", "Bearer ending"), ask(f"{github.url}/user", READER)
        classic = ask(f"{github.url}/user", "Bearer classic")
    assert ending.headers["github-authentication-token-expiration"] == "2036-12-01 10:00:00 UTC"
    assert ending.json["login"] == "ada"
    assert "github-authentication-token-expiration" not in endless.headers
    assert classic.headers["x-oauth-scopes"] == "repo, read:org"


def test_github_counts_requests() -> None:
    with GitHubEmulator(github_state()) as github:
        first, second = ask(f"{github.url}/user", READER), ask(f"{github.url}/user", READER)
        anonymous = ask(f"{github.url}/rate_limit")
    assert [r.headers["x-ratelimit-remaining"] for r in (first, second)] == ["4999", "4998"]
    assert second.headers["x-ratelimit-limit"] == "5000"
    assert anonymous.json["rate"] == {**anonymous.json["resources"]["core"], "limit": 60, "used": 2, "remaining": 58}


def test_an_app_gets_a_token_that_works_until_it_is_revoked() -> None:
    with GitHubEmulator(github_state()) as github:
        for issuer in ("7", "Iv-client"):
            minted = ask(github.url + MINT, app_jwt(rsa_key("app"), issuer), method="POST")
            authorization = f"Bearer {minted.json['token']}"
            before = ask(github.url + SECRETS, authorization)
            revoked = ask(f"{github.url}/installation/token", authorization, method="DELETE")
            after = ask(github.url + SECRETS, authorization)
            assert [r.status for r in (minted, before, revoked, after)] == [201, 200, 204, 401]
            assert (revoked.text, after.json["message"]) == ("", "Bad credentials")
            assert minted.json["permissions"]["secrets"] == "read"
            assert github_token.read(minted.json["token"]).kind == "GitHub App installation access token"


def test_a_token_can_be_asked_for_less_than_the_app_may() -> None:
    body = {"permissions": {"metadata": "read"}, "repositories": ["orders"]}
    with GitHubEmulator(github_state()) as github:
        minted = ask(github.url + MINT, app_jwt(rsa_key("app")), method="POST", body=body).json
        refused = ask(github.url + SECRETS, f"Bearer {minted['token']}")
        lives = datetime.fromisoformat(minted["expires_at"]) - datetime.now(UTC)
        github.state.tokens[minted["token"]].expires = datetime.now(UTC) - timedelta(seconds=1)
        ended = ask(github.url + SECRETS, f"Bearer {minted['token']}")
    assert minted["permissions"] == {"metadata": "read"}
    assert timedelta(minutes=59) < lives <= timedelta(hours=1)
    assert (refused.status, ended.status) == (403, 401)
    assert refused.headers["x-accepted-github-permissions"] == "secrets=read"


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"permissions": {"secrets": "write"}}, 422, "The permissions requested are not granted to this installation."),
        ({"permissions": {"issues": "read"}}, 422, "The permissions requested are not granted to this installation."),
        ({"permissions": {"secrets": "all"}}, 422, "The permissions requested are not granted to this installation."),
        (
            {"repositories": ["other"]},
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        ),
        ({"repositories": "orders"}, 422, "Invalid request."),
        (b"{", 400, "Problems parsing JSON"),
    ],
)
def test_an_app_that_asks_for_too_much_gets_nothing(body: object, status: int, message: str) -> None:
    with GitHubEmulator(github_state()) as github:
        before = dict(github.state.tokens)
        response = ask(github.url + MINT, app_jwt(rsa_key("app")), method="POST", body=body)
        assert github.state.tokens == before
    assert (response.status, response.json["message"]) == (status, message)


@pytest.mark.parametrize("path", [MINT, "/app", "/repos/acme/orders/installation"])
@pytest.mark.parametrize(
    ("claims", "key", "refused"),
    [
        ({"expires": 600}, "app", None),
        ({"aud": "anyone"}, "app", None),
        ({"expires": 700}, "app", (401, "too far in the future")),
        ({"expires": -1}, "app", (401, "the future time at which the assertion expires")),
        ({"issued": 60}, "app", (401, "'Issued at' claim")),
        ({}, "another", (401, "could not be decoded")),
        ({"exp": "soon"}, "app", (401, "could not be decoded")),
        ({"exp": None}, "app", (401, "could not be decoded")),
        ({"issuer": "8"}, "app", (404, "Integration not found")),
    ],
)
def test_an_apps_jwt_is_judged(path: str, claims: dict[str, Any], key: str, refused: tuple[int, str] | None) -> None:
    with GitHubEmulator(github_state()) as github:
        method = "POST" if path == MINT else "GET"
        response = ask(github.url + path, app_jwt(rsa_key(key), **claims), method=method)
    if refused:
        assert (response.status, refused[1] in response.json["message"]) == (refused[0], True)
    else:
        assert response.status in (200, 201)


def test_a_jwt_is_required_where_the_app_itself_asks() -> None:
    unsigned = jwt.encode({"iss": "7", "iat": 0, "exp": 9999999999}, "", algorithm="none")
    with GitHubEmulator(github_state()) as github:
        for authorization in ("", READER, f"Bearer {unsigned}"):
            response = ask(f"{github.url}/app", authorization)
            assert (response.status, response.json["message"]) == (401, "A JSON web token could not be decoded")


def test_an_app_sees_its_own_installation_only() -> None:
    with GitHubEmulator(github_state()) as github:
        signed = app_jwt(rsa_key("app"))
        assert ask(f"{github.url}/repos/acme/orders/installation", signed).json["id"] == 42
        assert ask(f"{github.url}/repos/acme/other/installation", signed).status == 404
        assert ask(f"{github.url}/app/installations/43/access_tokens", signed, method="POST").status == 404
        assert ask(f"{github.url}/installation/token", READER, method="DELETE").status == 403


def test_github_can_be_down_and_come_back() -> None:
    with GitHubEmulator(github_state()) as github:
        github.state.down = True
        assert {ask(github.url + path, READER).status for path in (SECRETS, "/rate_limit", "/nowhere")} == {503}
        github.state.down = False
        assert ask(github.url + SECRETS, READER).status == 200


def test_both_rate_limits_are_githubs() -> None:
    with GitHubEmulator(github_state()) as github:
        github.state.rate_limited = True
        secondary = ask(github.url + SECRETS, READER)
        github.state.rate_limited, github.state.rate_limit_used_up = False, True
        primary, limit = ask(github.url + SECRETS, READER), ask(f"{github.url}/rate_limit", READER)
    assert (secondary.status, secondary.headers["retry-after"]) == (429, "60")
    assert (primary.status, primary.headers["x-ratelimit-remaining"]) == (403, "0")
    assert (limit.status, limit.json["rate"]["remaining"]) == (200, 0)


def test_githubs_state_can_come_from_a_file() -> None:
    document = {
        "tokens": {"t": {"kind": "personal", "expires": "2026-12-01T10:00:00Z", "permissions": {"secrets": "read"}}},
        "repositories": {"a/b": {"organization-secrets": {"X": "2026-01-01T00:00:00Z"}}},
        "rate-limited": True,
    }
    state = msgspec.convert(document, GitHub)
    assert state.repositories["a/b"].organization_secrets["X"].year == 2026
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"tokns": {}}, GitHub)


def jira_state(flavour: str) -> Jira:
    user = User("Ada Lovelace", "ada@acme.example", "5b10ac8d82e05b22cc7d4ef5")
    users = {"ada@acme.example:t": user, "ada:p": user, "personal": user}
    return msgspec.convert({"flavour": flavour, "users": msgspec.to_builtins(users)}, Jira)


def test_jira_knows_a_user_by_each_kind_of_credential() -> None:
    with JiraEmulator(jira_state("cloud")) as cloud, JiraEmulator(jira_state("data-center")) as data_center:
        of_cloud = ask(f"{cloud.url}/rest/api/3/myself", basic("ada@acme.example", "t")).json
        assert ask(f"{cloud.url}/rest/api/2/myself", basic("ada@acme.example", "t")).json["active"] is True
        of_data_center = ask(f"{data_center.url}/rest/api/2/myself", "Bearer personal").json
        assert ask(f"{data_center.url}/rest/api/2/myself", basic("ada", "p")).json == of_data_center
        assert ask(f"{data_center.url}/rest/api/3/myself", basic("ada", "p")).status == 404
    assert of_cloud["accountId"] == of_data_center["key"] == "5b10ac8d82e05b22cc7d4ef5"
    assert of_cloud["emailAddress"] == of_data_center["emailAddress"] == "ada@acme.example"
    assert "name" not in of_cloud
    assert of_data_center["name"] == "ada"


@pytest.mark.parametrize(
    ("flavour", "authorization", "content_type", "body"),
    [
        ("cloud", "", "text/html;charset=UTF-8", "Client must be authenticated to access this resource."),
        ("cloud", basic("a", "b"), "text/html;charset=UTF-8", "Client must be authenticated to access this resource."),
        ("cloud", "Basic ???", "text/html;charset=UTF-8", "Client must be authenticated to access this resource."),
        ("cloud", "Bearer ada:p", "text/html;charset=UTF-8", "Client must be authenticated to access this resource."),
        (
            "data-center",
            "",
            "application/json;charset=UTF-8",
            '{"message":"Client must be authenticated to access this resource.","status-code":401}',
        ),
        (
            "data-center",
            "Bearer wrong",
            "application/json;charset=UTF-8",
            '{"message":"Client must be authenticated to access this resource.","status-code":401}',
        ),
        (
            "data-center",
            basic("a", "b"),
            "text/html;charset=UTF-8",
            "<html><body><p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>",
        ),
    ],
)
def test_jira_refuses_as_that_jira_does(flavour: str, authorization: str, content_type: str, body: str) -> None:
    with JiraEmulator(jira_state(flavour)) as jira:
        response = ask(f"{jira.url}/rest/api/2/myself", authorization)
        info = ask(f"{jira.url}/rest/api/2/serverInfo", authorization)
    assert (response.status, response.headers["content-type"], response.text) == (401, content_type, body)
    assert response.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"
    assert info.status == (401 if authorization else 200)


def test_jira_says_which_one_it_is_and_can_be_down() -> None:
    with JiraEmulator(jira_state("cloud")) as cloud, JiraEmulator(jira_state("data-center")) as data_center:
        assert ask(f"{cloud.url}/rest/api/3/serverInfo").json["deploymentType"] == "Cloud"
        assert ask(f"{data_center.url}/rest/api/2/serverInfo").json["versionNumbers"] == [10, 3, 12]
        cloud.state.down = True
        assert ask(f"{cloud.url}/rest/api/3/serverInfo").status == 503
        assert ask(f"{cloud.url}/rest/api/3/nothing").status == 503


def test_the_issuer_signs_what_the_state_claims() -> None:
    state = Oidc("request", {"sub": "repo:acme/orders:environment:production", "repository": "acme/orders"})
    with OidcIssuer(state) as issuer:
        response = ask(f"{issuer.request_url}&audience=sts.example", "bearer request").json
        of_owner = ask(issuer.request_url, "Bearer request").json["value"]
        claims = jwt.decode(response["value"], issuer.public_key, algorithms=["RS256"], audience="sts.example")
    assert response["count"] == 1
    assert (claims["iss"], claims["sub"]) == (ISSUER, "repo:acme/orders:environment:production")
    assert (claims["exp"] - claims["iat"], claims["iat"] - claims["nbf"]) == (300, 600)
    assert jwt.decode(of_owner, options={"verify_signature": False})["aud"] == "https://github.com/acme"


def test_the_issuer_refuses_a_wrong_request_token_and_can_be_down() -> None:
    with OidcIssuer(Oidc("request")) as issuer:
        assert [ask(issuer.request_url, given).status for given in ("", "bearer wrong", "basic request")] == [401] * 3
        issuer.state.down = True
        assert ask(issuer.request_url, "bearer request").status == 503


def test_what_went_through_is_remembered() -> None:
    with GitHubEmulator(github_state()) as github:
        ask(f"{github.url}{MINT}?x=1", "Bearer no", method="POST", body={"a": 1})
        ask(f"{github.url}/nowhere")
    received, nowhere = github.received
    assert received[:2] == ("POST", f"{MINT}?x=1")
    assert received.headers["authorization"] == "Bearer no"
    assert json.loads(received.body) == {"a": 1}
    assert [(one.route, one.method, one.status) for one in github.answered] == [
        ("/app/installations/{installation_id}/access_tokens", "POST", 401),
        ("", "GET", 404),
    ]
    assert nowhere.path == "/nowhere"


def test_two_emulators_at_once_know_nothing_of_each_other() -> None:
    with GitHubEmulator(github_state()) as one, GitHubEmulator(GitHub()) as other:
        assert one.url != other.url
        assert (ask(f"{one.url}/user", READER).status, ask(f"{other.url}/user", READER).status) == (200, 401)
        assert (len(one.received), len(other.received)) == (1, 1)


def test_many_clients_are_served_and_each_request_is_counted() -> None:
    with GitHubEmulator(github_state()) as github:
        url = f"{github.url}/user"
        clients = [threading.Thread(target=ask, args=(url, READER)) for _ in range(40)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert github.state.requests_used == len(github.received) == len(github.answered) == 40


def test_threads_and_sockets_are_gone_after_exit() -> None:
    threads, sockets = set(threading.enumerate()), open_sockets()
    with GitHubEmulator(github_state()) as github, JiraEmulator(Jira()), OidcIssuer(Oidc("request")):
        ask(f"{github.url}/user", READER)
        port = int(github.url.rpartition(":")[2])
    assert set(threading.enumerate()) <= threads
    assert open_sockets() <= sockets
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    with pytest.raises(RuntimeError, match="inside `with`"):
        _ = github.url


def test_an_emulator_stops_after_an_error_in_the_test() -> None:
    threads = set(threading.enumerate())
    with pytest.raises(KeyError), GitHubEmulator(GitHub()):
        raise KeyError
    assert set(threading.enumerate()) <= threads


@pytest.mark.parametrize("sent", [b"", b"GET", b"POST /user HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"])
def test_a_client_that_hangs_up_harms_nobody(sent: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with GitHubEmulator(github_state()) as github:
        with socket.create_connection(("127.0.0.1", int(github.url.rpartition(":")[2]))) as client:
            client.sendall(sent)
        assert ask(f"{github.url}/user", READER).status == 200
    assert capfd.readouterr().err == ""


def open_sockets() -> int:
    """Of this process; 0 where there is no /proc, as on macOS, where the threads alone are looked at."""
    descriptors = Path("/proc/self/fd")
    return sum(file.is_socket() for file in descriptors.iterdir()) if descriptors.is_dir() else 0


def test_a_route_is_one_line_in_a_table_or_a_decorator() -> None:
    table: Routes[dict[str, str]] = Routes(
        ("GET", "/a/{name}", lambda state, asked: Answer(200, dict(asked.parameters)))
    )

    @table.route("PUT", "/a.b/{name}")
    def put(state: dict[str, str], request: Request) -> Answer:
        state[request.parameters["name"]] = request.body.decode()
        return Answer(204)

    class Small(Emulator[dict[str, str]]):
        routes = table

    with Small({}) as small:
        assert ask(f"{small.url}/a/x%20y").json == {"name": "x y"}
        assert ask(f"{small.url}/a.b/k", method="PUT", body=b"v").status == 204
        assert ask(f"{small.url}/aXb/k", method="PUT", body=b"v").status == 404
        assert small.state == {"k": "v"}
