"""Writes `leaks/rules.json`, which a search reads in a millisecond, from the rules that people read and write."""

from pathlib import Path

import msgspec
import yaml

from deploy_actions.leaks.rule_pack import without_tests

PATH = Path("src/deploy_actions/leaks/rules.json")
_RULES = Path(__file__).resolve().parents[1] / "leaks" / "rules"


def text() -> str:
    """All rules of `leaks/rules/*.yml`, one a line."""
    rules = [rule for path in sorted(_RULES.glob("*.yml")) for rule in yaml.safe_load(path.read_text())]
    lines = (msgspec.json.encode(rule).decode() for rule in without_tests(rules))
    return "[\n" + ",\n".join(lines) + "\n]\n"
