"""Each probe with the real HTTP service against emulators; where no emulator is, what is handed to the port."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.actions.preflight_secrets.credentials import jwt
from tests.actions.preflight_secrets.room import codes_of, report
from tests.fakes import NOW, FakeClock, FakeHttp, FakeLogins, FakeMasks
from tests.rehearsal.clients import basic, rsa_key

from deploy_actions.actions.preflight_secrets.manifest import Manifest
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Unreachable
from deploy_actions.core.verdict import Report
from deploy_actions.rehearsal.emulators.github import App, GitHub, GitHubEmulator, Repository, Token
from deploy_actions.rehearsal.emulators.jira import Jira, JiraEmulator, User
from deploy_actions.rehearsal.emulators.routes import Answer, Routes
from deploy_actions.rehearsal.emulators.server import Emulator
from deploy_actions.services.http import HttpServers
from deploy_actions.services.tasks import Threads

TOKEN = "9f8e-made-up-token-7d6c"
REAL_NOW = datetime.now(UTC).replace(microsecond=0)  # which the emulators go by

PASSED = ["secret-accepted"]
REFUSED = ["secret-refused"]
IMPOSSIBLE = ["probe-impossible"]


def probed(settings: Mapping[str, object], value: str = TOKEN, others: Mapping[str, str] = {}, **worlds: Any) -> Report:
    """What comes of KEY with this probe, through the real HTTP service unless another is given."""
    manifest = json.dumps({"KEY": {"probe": settings}, **{name: {} for name in others}})
    real: dict[str, Any] = {"http": HttpServers(limit_seconds=5), "clock": FakeClock(REAL_NOW)}
    return report(manifest, {"KEY": value, **others}, **{**real, **worlds})


def codes(found: Report) -> list[str]:
    return codes_of(found, "KEY")


def text_of(found: Report) -> str:
    return f"{found.findings}{found.outputs.values()}"


class Service(msgspec.Struct):
    """Anybody's service: says the same to everybody."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = {}


def say(service: Service) -> Answer:
    return Answer(service.status, service.body, service.headers)


PATHS = ("/whoami", "/whoami/", "/rate_limit")


class ServiceEmulator(Emulator[Service]):
    routes = Routes(
        *(("GET", path, lambda service, _: say(service)) for path in ("/whoami", "/whoami/", "/rate_limit"))
    )


@pytest.mark.parametrize(
    ("token", "state", "expected"),
    [
        (Token(), {}, PASSED),
        (None, {}, REFUSED),
        (Token(expires=REAL_NOW - timedelta(seconds=5)), {}, REFUSED),
        (Token(expires=REAL_NOW + timedelta(days=30)), {}, ["secret-accepted", "secret-valid"]),
        (Token(expires=REAL_NOW + timedelta(minutes=30)), {}, ["secret-accepted", "secret-expiring"]),
        (Token(), {"down": True}, IMPOSSIBLE),
        (Token(), {"rate_limited": True}, IMPOSSIBLE),
    ],
)
def test_github_tells_whether_it_takes_a_token_and_when_that_ends(
    token: Token | None, state: dict[str, Any], expected: list[str]
) -> None:
    with GitHubEmulator(GitHub(tokens={TOKEN: token} if token else {}, **state)) as github:
        found = probed({"type": "github", "url": f"{github.url}/"})
    assert codes(found) == expected
    assert [request.path for request in github.received] == ["/rate_limit"]
    assert github.received[0].headers["user-agent"].startswith("deploy-actions/")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (Service(403, {}, {"X-RateLimit-Remaining": "0"}), IMPOSSIBLE),
        (Service(403, {}, {"Retry-After": "60"}), IMPOSSIBLE),
        (Service(403, {}), REFUSED),
        (Service(200, "<html>", {"Content-Type": "text/html"}), IMPOSSIBLE),
        (Service(302, None, {"Location": "/whoami"}), IMPOSSIBLE),
        *(
            (Service(200, {}, {"GitHub-Authentication-Token-Expiration": text}), expected)
            for text, expected in [
                ("2036-12-01 10:00:00 UTC", ["secret-accepted", "secret-valid"]),
                ("2036-12-01 10:00:00 -0700", ["secret-accepted", "secret-valid"]),
                ("2026-11-01 10:00:00 +0200", ["secret-accepted", "secret-expired"]),
                *((text, IMPOSSIBLE) for text in ("", "soon", "2036-13-01 10:00:00 UTC", "0001-01-01 00:00:00 +0100")),
            ]
        ),
    ],
)
def test_an_answer_of_github_is_taken_for_what_it_says(service: Service, expected: list[str]) -> None:
    with ServiceEmulator(service) as github:
        found = probed({"type": "github", "url": github.url}, clock=FakeClock(NOW))
    assert codes(found) == expected
    assert len(github.received) == 1


def github_with_app() -> GitHub:
    app = App(
        public_key=rsa_key("app").public,
        installation_id=42,
        permissions={"contents": "read", "secrets": "write"},
        repositories=["acme/orders"],
    )
    return GitHub(apps={"7": app}, repositories={"acme/orders": Repository(), "acme/other": Repository()})


def app_settings(url: str, **more: str) -> dict[str, str]:
    given = {"app-id": "7", "repository": "acme/orders", "permissions": "contents:read, secrets:write", **more}
    return {"type": "github-app", "url": url, **given}


class Traced(HttpServers):
    """Notes what goes out, and which of it was masked before; fails where it is told to."""

    def __init__(self, masks: FakeMasks, failing: str = "") -> None:
        super().__init__(5)
        self.masks, self.failing = masks, failing
        self.sent: list[tuple[str, bool]] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        _, credential = request.secret_headers["Authorization"]
        self.sent.append((request.method, credential.reveal() in self.masks.values))
        if request.method == self.failing:
            raise Unreachable("GitHub", request.method, "status 503")
        return super().send(request)


def test_a_token_of_an_app_is_minted_masked_and_revoked() -> None:
    masks = FakeMasks()
    http = Traced(masks)
    with GitHubEmulator(github_with_app()) as github:
        found = probed(app_settings(github.url), rsa_key("app").private, http=http, masks=masks)
    assert codes(found)[0] == "secret-accepted"
    assert [(one.method, one.status) for one in github.answered] == [("GET", 200), ("POST", 201), ("DELETE", 204)]
    wanted = {"repositories": ["orders"], "permissions": {"contents": "read", "secrets": "write"}}
    assert json.loads(github.received[1].body) == wanted
    token = msgspec.convert(github.answered[1].body, dict[str, Any])["token"]
    assert github.state.tokens == {}
    assert http.sent == [("GET", False), ("POST", False), ("DELETE", True)]
    assert token not in text_of(found)


def test_a_token_that_cannot_be_revoked_is_worth_a_warning() -> None:
    masks = FakeMasks()
    with GitHubEmulator(github_with_app()) as github:
        found = probed(app_settings(github.url), rsa_key("app").private, http=Traced(masks, "DELETE"), masks=masks)
        [left] = github.state.tokens
    assert codes(found)[:2] == ["secret-questionable", "secret-accepted"]
    assert "could not be revoked" in found.findings[0].message
    assert left in masks.values
    assert left not in text_of(found)


@pytest.mark.parametrize(
    ("key", "more", "expected"),
    [
        ("app", {"permissions": "contents:write"}, REFUSED),
        ("app", {"permissions": "issues:read"}, REFUSED),
        ("another", {}, REFUSED),
        ("app", {"app-id": "8"}, IMPOSSIBLE),
        ("app", {"repository": "acme/other"}, IMPOSSIBLE),
        ("app", {"repository": "acme/nowhere"}, IMPOSSIBLE),
    ],
)
def test_an_app_that_cannot_do_what_is_asked_leaves_no_token(
    key: str, more: dict[str, str], expected: list[str]
) -> None:
    with GitHubEmulator(github_with_app()) as github:
        found = probed(app_settings(github.url, **more), rsa_key(key).private)
    assert codes(found) == expected
    assert github.state.tokens == {}


@pytest.mark.parametrize(
    ("flavour", "user", "path", "header"),
    [
        ("cloud", "ada@acme.example", "/rest/api/3/myself", basic("ada@acme.example", TOKEN)),
        ("data-center", "", "/rest/api/2/myself", f"Bearer {TOKEN}"),
    ],
)
def test_jira_says_who_a_token_belongs_to(flavour: Any, user: str, path: str, header: str) -> None:
    users = {f"{user}:{TOKEN}" if user else TOKEN: User("Ada", "ada@acme.example")}
    with JiraEmulator(Jira(users=users, flavour=flavour)) as jira:
        settings = {"type": "jira", "url": f"{jira.url}/", "user": user}
        assert codes(probed(settings)) == PASSED
        assert codes(probed(settings, f"{TOKEN}-of-another")) == REFUSED
        jira.state.down = True
        assert codes(probed(settings)) == IMPOSSIBLE
    assert (jira.received[0].path, jira.received[0].headers["authorization"]) == (path, header)
    assert {one.path for one in jira.received} == {path}


@pytest.mark.parametrize(
    ("settings", "header", "sent"),
    [
        ({}, "authorization", f"Bearer {TOKEN}"),
        ({"header": "authorization", "prefix": "token"}, "authorization", f"token {TOKEN}"),
        ({"header": "X-Api-Key"}, "x-api-key", TOKEN),
        ({"header": "X-Api-Key", "prefix": "Key"}, "x-api-key", f"Key {TOKEN}"),
        ({"user": "ada"}, "authorization", basic("ada", TOKEN)),
    ],
)
@pytest.mark.parametrize("path", ["/whoami", "/whoami/", "/whoami?deep=1&path=/a/"])
def test_a_credential_goes_where_and_as_the_settings_say(
    settings: dict[str, str], header: str, sent: str, path: str
) -> None:
    with ServiceEmulator(Service()) as service:
        found = probed({"type": "http", "url": service.url + path, **settings})
    assert codes(found) == PASSED
    assert [(one.path, one.headers[header]) for one in service.received] == [(path, sent)]


@pytest.mark.parametrize(
    ("seen", "wanted", "expected"),
    [
        *((seen, "", PASSED) for seen in (200, 204)),
        *((seen, "", REFUSED) for seen in (401, 403)),
        *((seen, "", IMPOSSIBLE) for seen in (404, 500)),
        *((seen, "404", expected) for seen, expected in ((404, PASSED), (200, IMPOSSIBLE), (401, REFUSED))),
    ],
)
def test_only_the_status_that_is_expected_means_yes(seen: int, wanted: str, expected: list[str]) -> None:
    with ServiceEmulator(Service(seen)) as service:
        assert codes(probed({"type": "http", "url": f"{service.url}/whoami", "status": wanted})) == expected


def test_no_redirect_is_followed_and_no_credential_sent_elsewhere() -> None:
    with ServiceEmulator(Service()) as elsewhere:
        for status in (301, 302, 303, 307, 308):
            with ServiceEmulator(Service(status, None, {"Location": f"{elsewhere.url}/whoami"})) as service:
                assert codes(probed({"type": "http", "url": f"{service.url}/whoami"})) == IMPOSSIBLE
    assert elsewhere.received == []


SOON, LATE = NOW + timedelta(minutes=30), NOW + timedelta(days=30)
EXPIRING, VALID = ["secret-accepted", "secret-expiring"], ["secret-accepted", "secret-valid"]


WRONG_ENDS: tuple[object, ...] = (None, True, "never", "", {}, 10**17)
WRONG_BODIES: tuple[object, ...] = ({}, [], {"a": "b"}, "{no json", None)
DATES: list[tuple[str, Any, list[str]]] = [
    ("end", {"end": LATE.isoformat()}, VALID),
    ("end", {"end": LATE.timestamp()}, VALID),
    ("end", {"end": "2026-11-20"}, ["secret-accepted", "secret-expired"]),
    *(("end", {"end": end}, EXPIRING) for end in (SOON.isoformat(), f"{SOON:%Y-%m-%dT%H:%M:%SZ}", SOON.timestamp())),
    ("end", {"end": int(SOON.timestamp()) * 1000}, EXPIRING),
    ("a.b.0.end", {"a": {"b": [{"end": SOON.isoformat()}]}}, EXPIRING),
    ("1.0", [0, [SOON.isoformat()]], EXPIRING),
    ("a.0", {"a": {"0": SOON.isoformat()}}, EXPIRING),
    *((path, [SOON.isoformat()], IMPOSSIBLE) for path in ("-1", "1", "9" * 5000, "end")),
    *(("end", {"end": end}, IMPOSSIBLE) for end in WRONG_ENDS),
    *(("end", '{"end": ' + rest, IMPOSSIBLE) for rest in ("9" * 400 + "}", "1e400}", "[" * 50_000, "")),
    *(("a.end", body, IMPOSSIBLE) for body in WRONG_BODIES),
]


@pytest.mark.parametrize(("path", "body", "expected"), DATES)
def test_an_answer_in_json_tells_when_a_credential_ends(path: str, body: object, expected: list[str]) -> None:
    with ServiceEmulator(Service(200, body)) as service:
        settings = {"type": "http", "url": f"{service.url}/whoami", "expiry": path}
        assert codes(probed(settings, clock=FakeClock(NOW), tasks=Threads())) == expected


DSNS = [
    # type, address in the manifest, what may and what must not follow `user:password@` in the secret
    (
        "postgres",
        "db.example:5432",
        "db.example:5432/orders db.example/orders DB.Example",
        "db.example:6379 evil.example",
    ),
    ("postgres", "DB.example:6432", "db.example:6432 db.EXAMPLE:06432", "db.example db.example: db.example:x"),
    ("postgres", "db.example:5432", "db.example?x=1", "evil.example/@db.example evil.example?x=@db.example:5432"),
    ("postgres", "db.example:5432", "db.example", "evil.example#@db.example evil.example,db.example:5432"),
    ("postgres", "db.example:5432", "db.example:5432", "db.example.evil.example [db.example,evil.example]:5432"),
    ("postgres", "[2001:db8::1]:5432", "[2001:DB8::1] [2001:db8::1]:5432/x", "[2001:db8::2] 2001:db8::1:5432"),
    ("redis", "cache.example:6379", "cache.example cache.example:6379/0", "cache.example:5432 evil.example:6379"),
]


@pytest.mark.parametrize(("kind", "address", "right", "wrong"), DSNS)
def test_a_dsn_is_sent_to_no_server_but_the_one_that_the_manifest_names(
    kind: str, address: str, right: str, wrong: str
) -> None:
    manifest = json.dumps({"KEY": {"kind": "opaque", "probe": {"type": kind, "address": address}}})
    for rest in (*right.split(), *wrong.split()):
        logins, secret = FakeLogins(), f"{kind}://user:9f8e7d6c@{rest}"
        found = report(manifest, {"KEY": secret}, postgres=logins, redis=logins)
        is_right = rest in right.split()
        assert (rest, logins.calls) == (rest, [(Secret(secret), {})] if is_right else [])
        assert codes(found) == (PASSED if is_right else IMPOSSIBLE)


def test_a_key_is_shown_to_the_server_that_is_named() -> None:
    logins, settings = (
        FakeLogins(),
        {"type": "ssh", "address": "[::1]:22", "user": "deploy", "host-key": "ssh-ed25519 AA"},
    )
    assert codes(probed(settings, ssh=logins)) == PASSED
    handed = {"user": "deploy", "key": Secret(TOKEN), "host_key": "ssh-ed25519 AA"}
    assert logins.calls == [(HostAndPort("::1", 22), handed)]


KEYS = {"TLS_KEY": "the-key-made-up", "CA_A": "authority-one", "CA_B": "authority-two"}


@pytest.mark.parametrize(
    ("settings", "others", "key", "authorities"),
    [
        ({}, {}, TOKEN, None),
        ({"key-secret": "TLS_KEY"}, KEYS, KEYS["TLS_KEY"], None),
        ({"authorities-secret": "CA_A"}, KEYS, TOKEN, "authority-one"),
        ({"authorities-secret": "CA_A,CA_B"}, KEYS, TOKEN, "authority-one\nauthority-two"),
        ({"key-secret": "TLS_KEY"}, {"CA_A": "authority-one"}, None, None),
        ({"key-secret": "TLS_KEY"}, {"TLS_KEY": ""}, None, None),
        ({"authorities-secret": "CA_A,CA_B"}, {"CA_A": "authority-one"}, None, None),
    ],
)
def test_a_certificate_is_shown_with_the_secrets_that_belong_to_it(
    settings: dict[str, str], others: dict[str, str], key: str | None, authorities: str | None
) -> None:
    logins = FakeLogins()
    found = probed({"type": "tls", "address": "api.example:443", **settings}, others=others, tls=logins)
    if key is None:
        assert (logins.calls, codes(found)) == ([], ["companion-missing"])
    else:
        handed = {"certificate": Secret(TOKEN), "key": Secret(key), "authorities": authorities}
        assert (logins.calls, codes(found)) == ([(HostAndPort("api.example", 443), handed)], PASSED)


NO_GOOD = [
    *(({}, value) for value in ("", "   \n", "changeme", "${DEPLOY_TOKEN}", "<token>", "xxxxxxxx", "k9!")),
    *(({}, value) for value in ("ghp_" + "0a1b" * 9, "postgres://user@db.example:port/x?password=9f8e7d6c")),
    *(({"kind": "jwt"}, value) for value in (TOKEN, jwt({"exp": "soon"}))),
    *((rule, TOKEN) for rule in ({"min-length": "99"}, {"pattern": "[a-f]+"}, {"password-secret": "OTHER"})),
]


@pytest.mark.parametrize(("rule", "value"), NO_GOOD)
@pytest.mark.parametrize("probe", [{"type": "http", "url": "https://api.example"}, {"type": "tls", "address": "a:1"}])
def test_a_secret_that_cannot_be_good_is_sent_nowhere(rule: dict[str, str], value: str, probe: dict[str, str]) -> None:
    http, logins = FakeHttp(), FakeLogins()
    found = report(json.dumps({"KEY": {**rule, "probe": probe}}), {"KEY": value}, http=http, tls=logins)
    assert (http.requests, logins.calls) == ([], [])
    assert found.decision.exit_code > 0
    assert "secret-accepted" not in codes(found)


WHERE = {"address": "host.example:22"}
APP = {"app-id": "7", "repository": "acme/orders", "permissions": "contents:read"}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    # the probe, its settings, the name that the message must hold
    *(("http", {"url": url}, "url") for url in ("http://c4nary.example", "https://c4nary:pw@api.example", "c4nary")),
    *((kind, {"url": "http://c4nary@api.example"}, "url") for kind in ("github", "jira")),
    *(("github-app", {**APP, name: "c4nary !"}, name) for name in ("repository", "permissions", "url")),
    *(("github-app", {**APP, name: ""}, name) for name in APP),
    *((kind, {"address": "c4nary"}, "address") for kind in ("postgres", "redis", "tls")),
    *((kind, {"address": ""}, "address") for kind in ("postgres", "redis", "tls", "ssh")),
    *(("ssh", WHERE | {"user": "deploy", "host-key": "x", name: ""}, name) for name in ("user", "host-key")),
    *(("tls", WHERE | {name: "c4nary!"}, name) for name in ("key-secret", "authorities-secret")),
    ("tls", WHERE | {"key-secret": "C4NARY,OTHER"}, "key-secret"),
    *(("http", {"url": "https://a", name: "c4nary c4nary"}, name) for name in ("header", "status", "expiry")),
    *(("http", {"url": "https://a", "status": text}, "status") for text in ("302", "401", "403", "99", "2xx")),
    *((kind, {}, "url") for kind in ("http", "jira")),
    *((kind, {"url": "https://a", "unknown": "c4nary"}, "unknown") for kind in ("http", "jira", "github")),
    *((kind, {"url": {"c4nary": "c4nary"}}, "single value") for kind in ("http", "jira", "github")),
    *((kind, {"url": "https://a"}, "names none of the probes") for kind in ("c4nary", "", "HTTP")),
]


@pytest.mark.parametrize(("kind", "settings", "name"), WRONG)
def test_a_wrong_setting_is_refused_by_name_and_not_quoted(kind: str, settings: dict[str, Any], name: str) -> None:
    with pytest.raises(NotOfType) as refused:
        Manifest.parse(json.dumps({"KEY": {"probe": {"type": kind, **settings}}}))
    assert "`KEY` a rule `probe`" in str(refused.value)
    assert name in str(refused.value)
    assert "c4nary" not in str(refused.value).lower()
