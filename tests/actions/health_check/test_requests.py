from typing import Any

import pytest
from tests.actions.health_check.kind_settings import asked, made

from deploy_actions.core.address_types import HostAndPort, TargetUrl
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import HttpProbe

SECRET: dict[str, Any] = {"Authorization": {"secret": "TOKEN", "prefix": "Bearer "}}


@pytest.mark.parametrize(
    "url", ["http://a", "https://a.example:8443/x?y=1", "https://[::1]:1/", "http://10.0.0.1", "https://a?b"]
)
def test_an_address_is_taken_as_it_is(url: str) -> None:
    assert TargetUrl.parse(url) == url
    assert "?" not in TargetUrl.parse(url).without_query


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "ftp://a",
        "https://",
        "https://u:p@a",
        "https://a#b",
        "https://a/#b",
        "https://a/ b",
        "https://a/\n",
        "https://a:0",
        "https://a:65536",
        "https://-a",
        "https://a/é",
        "https://a\r\nX: y",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NotOfType):
        TargetUrl.parse(url)


@pytest.mark.parametrize(
    "url", ["https://a", "http://localhost", "http://127.0.0.1:80/x", "http://[::1]:8080", "http://localhost?a"]
)
def test_a_credential_is_sent_over_tls_or_within_this_host(url: str) -> None:
    probe = asked(made("http", http=url, headers=SECRET))
    assert isinstance(probe, HttpProbe)
    prefix, secret = probe.secret_headers["Authorization"]
    assert prefix == "Bearer "
    assert "value of" not in repr(secret)


@pytest.mark.parametrize(
    "url", ["http://a", "http://localhost.example", "http://127.0.0.11", "http://a/localhost", "http://10.0.0.1"]
)
def test_a_credential_is_not_sent_in_the_clear_to_another_host(url: str) -> None:
    with pytest.raises(NotOfType, match="in the clear"):
        made("http", http=url, headers=SECRET)


@pytest.mark.parametrize(
    ("instances", "addresses", "every"),
    [
        (None, (), False),
        ("all", (), True),
        ("10.0.0.1:80, b:81", (HostAndPort("10.0.0.1", 80), HostAndPort("b", 81)), False),
        (["[::1]:80"], (HostAndPort("::1", 80),), False),
    ],
)
def test_instances_are_asked(instances: Any, addresses: tuple[HostAndPort, ...], every: bool) -> None:
    probe = asked(made("http", http="https://a", instances=instances))
    assert isinstance(probe, HttpProbe)
    assert (probe.instances, probe.every_address) == (addresses, every)


@pytest.mark.parametrize(
    "settings",
    [
        {"instances": "a"},
        {"instances": ["all", "a:1"]},
        {"headers": {"a b": "c"}},
        {"headers": {"": "c"}},
        {"headers": {"a:": "c"}},
        {"headers": {"a": "b\r\nc: d"}},
        {"headers": {"a": "\0"}},
        {"headers": {"a": "é"}},
        {"headers": {"a": "x" * 4097}},
        {"headers": {"a": ["b"]}},
        {"headers": {"a": {"secret": "1A"}}},
        {"headers": {"a": {"prefix": "x"}}},
        {"headers": {"a": {"secret": "A", "prefix": "\n"}}},
        {"headers": {"a": {"secret": "A", "other": "x"}}},
        {"http_version": "3"},
    ],
)
def test_what_cannot_be_asked_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        made("http", http="https://a", **settings)
