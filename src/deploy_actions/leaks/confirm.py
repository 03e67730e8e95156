"""Confirms, around a place where the engine saw the trigger of a rule, that a secret is there."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from deploy_actions.core.leak_search import Rule
from deploy_actions.leaks import innocent
from deploy_actions.leaks.checks import CHECKS, entropy

_MULTI_LINE = 4001
_AFTER = 4096
_CONTEXT = 100


class Span(msgspec.Struct, frozen=True):
    """What leaked in a text, from `start` to `end`."""

    rule: Rule
    start: int
    end: int
    value: bytes


class Confirmation:
    """The rules, with their patterns compiled when they are first needed."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._patterns: list[re.Pattern[bytes] | None] = [None] * len(rules)

    def found(self, number: int, text: bytes, end: int) -> Iterator[Span]:
        """The finds of a rule that begin before `end`, where its trigger ends, and not further off than its reach."""
        rule = self._rules[number]
        pattern = self._patterns[number]
        if pattern is None:
            pattern = self._patterns[number] = re.compile(rule.pattern.encode(), re.DOTALL)
        first, last = _window(rule, text, end)
        for found in pattern.finditer(text, first, last):
            if found.start() >= end:
                return
            if span := _confirmed(rule, text, found):
                yield span


def _window(rule: Rule, text: bytes, end: int) -> tuple[int, int]:
    if rule.reach >= _MULTI_LINE:
        return max(0, end - rule.reach), min(len(text), end + rule.reach)
    first, last = max(0, end - rule.reach), min(len(text), end + _AFTER)
    line_end = text.find(b"\n", end, last)
    return text.rfind(b"\n", first, end) + 1 or first, last if line_end < 0 else line_end


def _confirmed(rule: Rule, text: bytes, found: re.Match[bytes]) -> Span | None:
    group: int | str = "secret" if "secret" in found.re.groupindex else 0
    secret = found[group]
    if innocent.always(secret) or entropy(secret) < rule.entropy:
        return None
    before = text[max(0, found.start() - _CONTEXT) : found.start(group)]
    if rule.keywords and not _has_keyword(rule.keywords, before + found[0]):
        return None
    if not all(CHECKS[name](secret, before) for name in rule.checks):
        return None
    return Span(rule, found.start(group), found.end(group), secret)


def _has_keyword(keywords: tuple[str, ...], text: bytes) -> bool:
    lower = text.lower()
    return any(keyword.encode() in lower for keyword in keywords)


def distinct(spans: Iterable[Span]) -> list[Span]:
    """Of those that overlap the one with the most exact rule, in order: by its form before by the name beside it."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif _exactness(span) > _exactness(kept[-1]):
            kept[-1] = span
    return kept


def _exactness(span: Span) -> int:
    return 0 if "free-form" in span.rule.checks or "password" in span.rule.checks else 1
