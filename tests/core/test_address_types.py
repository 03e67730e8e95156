from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.core.address_types import ExactUrl, HeaderName, HostAndPort, RepositoryName, Url
from deploy_actions.core.input_types import NotOfType

TYPES: list[Any] = [Url, ExactUrl, HostAndPort, RepositoryName, HeaderName]

GOOD: list[tuple[Any, str, object]] = [
    (Url, "https://api.example", "https://api.example"),
    (Url, "https://api.example/", "https://api.example"),
    (Url, "https://api.example:8443/v3//", "https://api.example:8443/v3"),
    (Url, "https://10.0.0.1/api", "https://10.0.0.1/api"),
    (Url, "https://[2001:db8::1]:8443/api", "https://[2001:db8::1]:8443/api"),
    (Url, "http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api"),
    (Url, "http://localhost", "http://localhost"),
    (Url, "http://[::1]:8080", "http://[::1]:8080"),
    (Url, "https://api.example/a@b", "https://api.example/a@b"),
    (ExactUrl, "https://api.example/whoami/", "https://api.example/whoami/"),
    (ExactUrl, "https://api.example/whoami?next=/a/", "https://api.example/whoami?next=/a/"),
    (ExactUrl, "https://api.example?x=1", "https://api.example?x=1"),
    (HostAndPort, "db.example:5432", HostAndPort("db.example", 5432)),
    (HostAndPort, "DB.example:1", HostAndPort("DB.example", 1)),
    (HostAndPort, "10.0.0.1:65535", HostAndPort("10.0.0.1", 65535)),
    (HostAndPort, "[::1]:22", HostAndPort("::1", 22)),
    (RepositoryName, "acme/orders", "acme/orders"),
    (RepositoryName, "Acme-1/.github", "Acme-1/.github"),
    (RepositoryName, "ada_acme/a.b_c-d", "ada_acme/a.b_c-d"),
    (RepositoryName, "acme/...", "acme/..."),
    (HeaderName, "X-Api-Key", "X-Api-Key"),
    (HeaderName, "authorization", "authorization"),
]

BAD: list[tuple[Any, list[str]]] = [
    (
        Url,
        [
            *("", "api.example", "ftp://api.example", "https://", "https:///path", "https:api.example", "HTTPS://a"),
            *("https://user@api.example", "https://user:pw@api.example", "https://a\\@b.example", "https://a b"),
            *(
                "http://api.example",
                "http://127.0.0.1.evil.example",
                "http://localhost.evil.example",
                "http://127.0.0.2",
            ),
            *("http://localhost@evil.example", "http://localhost:80@evil.example", "http://localhost?@evil.example"),
            *("https://a:0", "https://a:65536", "https://a:99999", "https://a:x", "https://a:", "https://a:123456"),
            *(
                "https://-a",
                "https://a-",
                "https://a_b",
                "https://ä.example",
                "https://[::1",
                "https://[x]",
                "https://[]",
            ),
            *("https://a/#x", "https://a?x=1", "https://a/b\n", "https://a/b c", "https://a\n", " https://a"),
        ],
    ),
    (ExactUrl, ["http://api.example?x=1", "https://u@a?x", "https://a?x y", "https://a?x#y", "https://a:0?x", ""]),
    (
        HostAndPort,
        [
            *("", "db.example", "db.example:", ":5432", "db.example:0", "db.example:65536", "db.example:-1", "a:b"),
            *(
                "user@db.example:1",
                "https://db.example:1",
                "db.example:1/x",
                "db.example:1 ",
                "a b:1",
                "::1:22",
                "a:1:2",
            ),
            *("[::1]", "[::1:22", "db.example:٣", "a,b:1", "db.example:000001"),
        ],
    ),
    (
        RepositoryName,
        [
            *("", "orders", "/orders", "acme/", "acme/orders/x", "acme/..", "acme/.", "../orders", "acme orders/x"),
            *("acme/orders\n", "acme/orders?x", "acme/or%2Fders", "ä/b", "a/ä", f"{'a' * 40}/b", f"a/{'b' * 101}"),
        ],
    ),
    (HeaderName, ["", "X Api", "X-Api:", "X-Api\n", "X\r\nY", "Ä", "X(Y)", '"x"', "x" * 101]),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_a_good_text_is_taken(kind: Any, text: str, value: object) -> None:
    parsed = kind.parse(text)
    assert parsed == value
    assert isinstance(parsed, kind)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in BAD for text in texts])
def test_a_bad_text_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(NotOfType):
        kind.parse(text)


def test_a_refusal_says_what_is_expected_and_never_quotes() -> None:
    for kind in TYPES:
        with pytest.raises(NotOfType) as refused:
            kind.parse("http://canary:pw@canary.example")
        assert "canary" not in str(refused.value)
        assert kind.expects in str(refused.value) or "https" in str(refused.value)


def test_an_address_without_tls_is_told_apart() -> None:
    with pytest.raises(NotOfType, match="in the clear; use https"):
        Url.parse("http://api.example")
    with pytest.raises(NotOfType, match="has a query"):
        Url.parse("https://api.example?x")


ALMOST = st.text(alphabet="https:/[]@.?#%-_aA1٣ \n\\ä\0", max_size=40)


@pytest.mark.parametrize("kind", TYPES)
@given(text=st.text() | ALMOST | ALMOST.map("https://".__add__) | ALMOST.map("http://localhost".__add__))
def test_any_text_is_taken_or_refused_and_nothing_else_happens(kind: Any, text: str) -> None:
    try:
        parsed = kind.parse(text)
    except NotOfType:
        return
    assert str(parsed)
    if isinstance(parsed, Url):
        authority = parsed.partition("://")[2].replace("?", "/").partition("/")[0]
        assert "@" not in authority
        assert parsed.startswith("https://") or authority.rpartition(":")[0] in HERE or authority in HERE


HERE = ("127.0.0.1", "localhost", "[::1]")
