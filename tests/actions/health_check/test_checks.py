import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.health_check.courses import PACE

from deploy_actions.actions.health_check.check import Check
from deploy_actions.actions.health_check.checks import MOST_CHECKS, Checks, checks
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType, expectation, parse_as

GITHUB = "https://github.com"


def made(text: str, **pace: Any) -> tuple[Check, ...]:
    return checks(parse_as(Checks, text), msgspec.structs.replace(PACE, **pace), GITHUB)


TARGETS = [
    ("https://shop.example/health", ["https://shop.example/health"]),
    ("http://10.0.0.1:8080\nhttps://a.example", ["http://10.0.0.1:8080", "https://a.example"]),
    ("https://a.example, https://b.example,", ["https://a.example", "https://b.example"]),
    ("https://a.example/?ids=1,2", ["https://a.example/"]),
    ("# the shop\nhttps://a.example\n\n", ["https://a.example"]),
    ("- https://a.example\n- tcp: db.example:5432", ["https://a.example", "tcp db.example:5432"]),
    ("tcp: db.example:5432", ["tcp db.example:5432"]),
    ('[{"dns": "a.example"}, {"tls": "a.example:443"}]', ["dns a.example", "tls a.example:443"]),
    ("grpc: a.example:1\ntls: false", ["grpc a.example:1"]),
    ("command: [check, --lag]", ["command check"]),
    ("docker-compose: compose.yaml", ["docker-compose compose.yaml"]),
    ("systemd: shop.service", ["systemd shop.service"]),
    ("version: https://a.example/version", ["https://a.example/version"]),
    ("prometheus: https://p.example\nquery: up\nexpect: '>= 1'", ["https://p.example"]),
]


@pytest.mark.parametrize(("text", "targets"), TARGETS)
def test_checks_are_read_from_addresses_or_from_yaml(text: str, targets: list[str]) -> None:
    found = made(text)
    assert [check.kind.target for check in found] == targets
    assert [check.name for check in found] == targets
    assert all(check.critical and check.pace == PACE for check in found)


REFUSED = [
    ("", "is not addresses"),
    ("# nothing", "is not addresses"),
    ("[]", "0 checks"),
    ("db.example:5432", "write YAML"),
    ("db.example:5432\n10.0.0.1:22", "write YAML"),
    ("shop", "is not addresses"),
    ("- [a]", "check 1"),
    ("- {}", "none of the kinds"),
    ("- tcp: a:1\n  dns: a", "more than one of the kinds"),
    ("- dns: a\n- ftp: a", "check 2 none of the kinds"),
    ("- tcp: nowhere", "`tcp`"),
    ("- tcp: a:1\n  tiemout: 5s", "unknown setting"),
    ("- tcp: a:1\n  timeout: 5", "`timeout`"),
    ("- tcp: a:1\n  successes: -1", "`successes`"),
    ("- tcp: a:1\n  critical: maybe", "`critical`"),
    ("- runner-egress: false", "`true`"),
    ("- runner-egress: true\n  timeout: 5s", "unknown setting"),
    ("- tcp: &x a:1\n- tcp: *x", "alias"),
    ("- tcp: [", "line"),
    ("\n".join(["https://a.example"] * (MOST_CHECKS + 1)), "501 checks"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_names_no_check_is_refused_with_the_place(text: str, words: str) -> None:
    with pytest.raises(NotOfType) as refused:
        Checks.parse(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "text", ["tcp: hunter2\nname: shop", "http: https://u:hunter2@a.example", "- dns: a\n  exactly: hunter2"]
)
def test_a_refusal_never_quotes_a_value(text: str) -> None:
    with pytest.raises(NotOfType) as refused:
        Checks.parse(text)
    assert "hunter2" not in str(refused.value)


def test_settings_of_a_check_go_before_those_of_the_action() -> None:
    (check,) = made(
        "tcp: a:1\nname: database\ncritical: false\ntimeout: 2m\ngrace: 1s500ms\ninterval: 250ms\nprobe-timeout: 2s\n"
        "successes: 5\nsoak: 10s\nfailure-limit: 1\nfailures: 4"
    )
    assert (check.name, check.critical) == ("database", False)
    pace = check.pace
    assert (pace.timeout, pace.grace, pace.interval, pace.probe_timeout, pace.soak) == (120.0, 1.5, 0.25, 2.0, 10.0)
    assert (pace.successes, pace.failure_limit, pace.failures) == (5, 1, 4)


def test_a_setting_that_is_not_there_is_the_actions() -> None:
    (check,) = made("tcp: a:1\ninterval: 2s", grace=7.0)
    assert check.pace == msgspec.structs.replace(PACE, grace=7.0, interval=2.0)


IMPOSSIBLE: list[tuple[str, dict[str, Any], str]] = [
    ("probe-timeout: 0s", {}, "probe-timeout"),
    ("interval: 0ms", {}, "interval"),
    ("successes: 0", {}, "successes"),
    ("grace: 2m", {}, "grace"),
    ("soak: 1m", {}, "soak"),
    ("timeout: 5s", {"grace": 30.0}, "grace"),
    ("name: shop", {"successes": 0}, "successes"),
    ("name: shop", {"failures": -1}, "failures"),
]


@pytest.mark.parametrize(("setting", "pace", "words"), IMPOSSIBLE)
def test_a_pace_that_no_check_can_keep_is_refused(setting: str, pace: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(f"tcp: a:1\n{setting}", **pace)
    of_the_action = setting.startswith("name")
    assert refused.value.input_name == (words if of_the_action else "checks")
    assert of_the_action or words in refused.value.problem


NAMES = [
    (["a", "a", "a"], ["a", "a (2)", "a (3)"]),
    (["a", "a (2)", "a"], ["a", "a (2)", "a (3)"]),
    (["a", "a", "a (2)"], ["a", "a (2)", "a (2) (2)"]),
]


@pytest.mark.parametrize(("written", "shown"), NAMES)
def test_no_two_checks_have_the_same_name(written: list[str], shown: list[str]) -> None:
    found = made("\n".join(f"- {{tcp: 'a:1', name: {name}}}" for name in written))
    assert [check.name for check in found] == shown


def test_long_names_and_those_of_several_lines_are_made_short_and_one_line() -> None:
    found = made("- {tcp: 'a:1', name: \"a\\nb\\e[31m\"}\n" + f"- https://a.example/{'x' * 200}\n" * 2)
    names = [check.name for check in found]
    assert names[0] == "a b [31m"
    assert [len(name) for name in names[1:]] == [80, 80]
    assert names[2].endswith(" (2)")


def test_the_ready_made_set_stands_by_itself_or_among_others() -> None:
    alone = made("runner-egress")
    assert len(alone) > 5
    assert made("runner-egress: true") == alone
    assert [check.name for check in made("- tcp: a:1\n- runner-egress\n- runner-egress: true")][1 : len(alone) + 1] == [
        check.name for check in alone
    ]


def test_checks_beyond_the_most_that_can_be_made_are_refused_with_those_of_the_set() -> None:
    with pytest.raises(InvalidInput, match="can be made"):
        made("- runner-egress\n" * MOST_CHECKS)


def test_one_address_costs_neither_yaml_nor_json_paths() -> None:
    program = (
        "import sys; from deploy_actions.actions.health_check.checks import Checks; Checks.parse('https://a.example');"
        "print([name for name in ('yaml', 'jsonpath', 'ipaddress') if name in sys.modules])"
    )
    source = Path(__file__).parents[3] / "src"
    done = subprocess.run([sys.executable, "-c", program], cwd=source, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_the_input_expects_is_said() -> None:
    assert "YAML" in expectation(Checks)


KEYS = st.sampled_from(
    [
        "http",
        "version",
        "tcp",
        "tls",
        "dns",
        "grpc",
        "command",
        "docker-compose",
        "systemd",
        "prometheus",
        "runner-egress",
        "name",
        "critical",
        "timeout",
        "soak",
        "successes",
        "headers",
        "expect",
        "instances",
        "services",
        "addresses",
        "exit",
        "output",
        "query",
        "variables",
        "secrets",
        "body",
        "json",
        "is",
        "certificate-days",
    ]
)
VALUES = st.recursive(
    st.text(max_size=8) | st.sampled_from(["https://a.example", "a:1", "true", "5s", "a", "1", "> 1", "("]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | KEYS, inner, max_size=3),
    max_leaves=4,
)
DOCUMENTS = st.lists(st.dictionaries(KEYS, VALUES, max_size=5), max_size=3).map(
    lambda documents: msgspec.json.encode(documents).decode()
)
TEXTS = st.text() | st.text(alphabet="-:[]{}, \n#'\"&*|>?%@`ahtps/runer1.\ud800\x00") | DOCUMENTS


@given(TEXTS)
def test_a_text_holds_checks_or_is_refused(text: str) -> None:
    with contextlib.suppress(NotOfType):
        names = [entry.name for entry in Checks.parse(text)]
        assert names
        assert all(name.isprintable() and len(name) <= 80 for name in names)
