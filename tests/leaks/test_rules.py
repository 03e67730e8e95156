import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.leaks.templates import filled

from deploy_actions.leaks import rule_pack
from deploy_actions.leaks.confirm import distinct
from deploy_actions.leaks.prefixes import prefixes
from deploy_actions.leaks.unknown_values import UnknownValues

_LEAKS = Path(rule_pack.__file__).parent
_FILES = sorted((_LEAKS / "rules").glob("*.yml"))
_RULES: dict[str, dict[str, Any]] = {rule["id"]: rule for path in _FILES for rule in yaml.safe_load(path.read_text())}
_PACK = rule_pack.pack((_LEAKS / "rules.json").read_bytes())


@pytest.fixture(scope="module")
def unknown() -> UnknownValues:
    return UnknownValues.of(_PACK)


def _found(unknown: UnknownValues, text: str) -> list[str]:
    data = text.encode()
    return [span.rule.id for span in distinct(list(unknown.confirmed(data, unknown.hits(data).rules)))]


@pytest.mark.parametrize("name", list(_RULES), ids=str)
def test_a_rule_finds_its_examples(unknown: UnknownValues, name: str) -> None:
    for example in _RULES[name]["examples"]:
        for seed in range(4):
            text = filled(example, seed)
            for line in (text, f"2026-01-02T03:04:05.1234567Z   {text}", f'export X="{text}"', f"a {text} b"):
                assert _found(unknown, line), (example, line)


@pytest.mark.parametrize("name", list(_RULES), ids=str)
def test_a_rule_does_not_find_its_counter_examples(unknown: UnknownValues, name: str) -> None:
    for example in _RULES[name]["counter-examples"]:
        for seed in range(4):
            text = filled(example, seed)
            assert name not in _found(unknown, f"2026-01-02T03:04:05.1234567Z {text} and more"), text


def test_ids_are_unique_and_every_rule_can_be_used() -> None:
    assert len(_PACK) == sum(len(yaml.safe_load(path.read_text())) for path in _FILES) == len(_RULES)
    for rule in _PACK:
        assert rule_pack.checked(rule) == rule


def test_the_pack_is_of_many_providers() -> None:
    assert len({rule.provider for rule in _PACK if rule.provider}) >= 80


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(?<![A-Za-z0-9])ghp_[A-Za-z0-9]{36}", {b"ghp_"}),
        ("(?<![A-Za-z0-9])(?:ghp|gho)_[A-Za-z0-9]{36}", {b"ghp_", b"gho_"}),
        ("gh[po]_[A-Za-z0-9]{36}", {b"ghp_", b"gho_"}),
        (r"hv[sb]\.[a-z]{9}", {b"hvs.", b"hvb."}),
        ("sk-[a-z]{20}", set()),
        ("(?i)abcdef[a-z]{20}", set()),
        ("abcd?efgh", set()),
        ("-----BEGIN (?:RSA )?PRIVATE", {b"-----BEGIN "}),
    ],
)
def test_the_beginnings_of_a_pattern(pattern: str, expected: set[bytes]) -> None:
    assert set(prefixes(pattern)) == expected


def test_overlapping_finds_are_told_once() -> None:
    source = random.Random(1)
    token = filled("ghp_{alnum:36}", source.randrange(9))
    assert _found(UnknownValues.of(_PACK), f"TOKEN={token}") == ["github-token"]
