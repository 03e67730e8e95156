"""Reads rules that are data: the library's own pack, and what users add to it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from deploy_actions.core.leak_search import Rule
from deploy_actions.leaks.checks import CHECKS
from deploy_actions.leaks.engine import Engine, Refused

TEST_FIELDS = ("examples", "counter-examples")
"""What a rule's file says for its tests alone."""

_LOOKAROUND = re.compile(r"\(\?<?[!=](?:\[[^\]]*\]|[^()\[\]])*\)")
_REPEATED = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}")
_ENOUGH = 8
"""Characters after a prefix that tell a trigger from other text; more would only make the engine slower."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NESTED = re.compile(r"[*+}]\)[*+{]")


def pack(document: bytes) -> tuple[Rule, ...]:
    """The rules of a generated document."""
    return msgspec.json.decode(document, type=tuple[Rule, ...])


def without_tests(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rules as their files have them, as far as a search needs them."""
    return [{key: value for key, value in rule.items() if key not in TEST_FIELDS} for rule in rules]


def trigger_of(rule: Rule) -> bytes:
    """What the engine looks for: the rule's own trigger, else its pattern up to 8 of its first long repeat."""
    if rule.trigger:
        return rule.trigger.encode()
    text = _LOOKAROUND.sub("", rule.pattern).replace("(?P<secret>", "(?:")
    for repeat in _REPEATED.finditer(text):
        beginning = text[: repeat.start()]
        if int(repeat[1]) >= _ENOUGH and beginning.count("(") == beginning.count(")"):
            return f"{beginning}{{{_ENOUGH}}}".encode()
    return text.encode()


def checked(rule: Rule) -> Rule:
    """The rule, if a search can use it. Raises ValueError that says what is wrong with it."""
    if not _ID.fullmatch(rule.id):
        raise ValueError("its `id` is not in kebab-case, as in `acme-token`")
    if unknown := [name for name in rule.checks if name not in CHECKS]:
        raise ValueError(f"there is no check `{unknown[0]}`; there are {', '.join(sorted(CHECKS))}")
    _check_pattern(rule)
    try:
        Engine.of_expressions([trigger_of(rule)])
    except Refused as error:
        raise ValueError(f"the engine does not take its pattern ({error}); give it a simpler `trigger`") from None
    return rule


def _check_pattern(rule: Rule) -> None:
    try:
        pattern = re.compile(rule.pattern.encode())
    except re.error as error:
        raise ValueError(f"its `pattern` is no regular expression: {error.msg} at {error.pos}") from None
    if pattern.search(b""):
        raise ValueError("its `pattern` matches where there is nothing")
    if _NESTED.search(rule.pattern):
        raise ValueError("its `pattern` repeats what repeats, which can take for ever; bound one of the two")
