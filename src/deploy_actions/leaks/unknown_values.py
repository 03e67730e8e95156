"""Finds secrets that nobody told us of, by rules: in a line, over lines, in base64 and in dumps."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import msgspec

from deploy_actions.core.leak_search import Rule
from deploy_actions.leaks import base64_runs, hexdumps
from deploy_actions.leaks.confirm import Confirmation, Span
from deploy_actions.leaks.engine import Engine
from deploy_actions.leaks.joining import Joined
from deploy_actions.leaks.prefixes import base64_beginnings, prefixes
from deploy_actions.leaks.rule_pack import trigger_of

_OVER_MASKED = rb"[A-Za-z]\*\*\*|\*\*\*[A-Za-z]"
_WINDOW = 8192
_AFTER_PREFIX = 8
"""Characters that a trigger wants after a prefix, or so."""

_LEAST_BASE64 = 4

_COMMON = frozenset((b"https://", b"_password", b"_auth", b"secret_", b"api-", b"mob-", b"sdk-", b"login"))
"""Beginnings of which logs are full: what begins so is looked for in whole lines only."""


class Beginning(msgspec.Struct, frozen=True, array_like=True):
    """Text with which a find of a rule may begin: as it is, or in base64 from place `group` of four on (else -1)."""

    text: bytes
    rule: int
    group: int = -1


class Compiled(msgspec.Struct, frozen=True, array_like=True):
    """All that is made of rules once, to be kept and loaded."""

    triggers: bytes
    texts: bytes
    beginnings: list[list[Beginning]]


class Hits(msgspec.Struct):
    """What the engine saw in plain text: hits of rules, where words are masked, and where rows of dumps are."""

    rules: list[tuple[int, int]] = []
    masks: list[int] = []
    rows: list[int] = []


class UnknownValues:
    """The rules, ready to be used by one thread."""

    def __init__(self, rules: Sequence[Rule], compiled: Compiled) -> None:
        self._rules = tuple(rules)
        self._triggers = Engine.loaded(compiled.triggers)
        self._texts = Engine.loaded(compiled.texts) if compiled.texts else None
        self._beginnings = compiled.beginnings
        self._confirmation = Confirmation(self._rules)

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Self:
        """Compiles the rules, which takes some tenths of a second for many. Raises Refused."""
        return cls(rules, compiled(rules))

    def hits(self, text: bytes) -> Hits:
        """All that is to be looked at in plain text."""
        found, count = Hits(), len(self._rules)
        for number, end in self._triggers.hits(text):
            if number < count:
                found.rules.append((number, end))
            elif number == count:
                found.masks.append(end)
            else:
                found.rows.append(end)
        return found

    def confirmed(self, text: bytes, hits: Iterable[tuple[int, int]]) -> Iterator[Span]:
        """What of the hits is a secret."""
        for number, end in hits:
            yield from self._confirmation.found(number, text, end)

    def within(self, data: bytes) -> list[Span]:
        """The secrets in text that was decoded."""
        return list(self.confirmed(data, self.hits(data).rules))

    def hidden(self, lines: Joined) -> Iterator[tuple[str, Span]]:
        """The secrets that are broken over lines, or stand in base64: the form, and where in the joined text."""
        if self._texts is None:
            return
        runs: dict[int, int] = {}
        for number, end in self._texts.hits(lines.text):
            for beginning in self._beginnings[number]:
                start = end - len(beginning.text)
                if beginning.group < 0:
                    yield from (("over-lines", span) for span in self._over_lines(lines, start, beginning))
                else:
                    yield from (("in-base64", span) for span in self._in_base64(lines, start, beginning.group, runs))

    def _over_lines(self, lines: Joined, start: int, beginning: Beginning) -> Iterator[Span]:
        if not self._would_fit(lines.text[start : start + _WINDOW], beginning):
            return
        origin = lines.line_start(start)
        origin = origin if start - origin < _WINDOW else start - _WINDOW
        text = lines.text[origin : start + _WINDOW]
        end = start - origin + len(beginning.text) + _AFTER_PREFIX
        for span in self._confirmation.found(beginning.rule, text, min(end, len(text))):
            moved = msgspec.structs.replace(span, start=span.start + origin, end=span.end + origin)
            if lines.is_broken(moved.start, moved.end):
                yield moved

    def _would_fit(self, text: bytes, beginning: Beginning) -> bool:
        """Whether the rule finds something that begins with the text: most texts are refused here, at little cost."""
        end = min(len(text), len(beginning.text) + _AFTER_PREFIX)
        return any(True for _ in self._confirmation.found(beginning.rule, text, end))

    def _in_base64(self, lines: Joined, start: int, group: int, runs: dict[int, int]) -> Iterator[Span]:
        """Each run is decoded once in each alignment; `runs` has where the last one ended."""
        alignment = (start - group) % 4
        if start < runs.get(alignment, 0):
            return
        run = base64_runs.decoded(lines.text, start, group)
        if run is None:
            return
        runs[alignment] = run.end
        for span in self.within(run.data):
            yield msgspec.structs.replace(span, start=run.place(span.start), end=min(run.place(span.end) + 1, run.end))


def compiled(rules: Sequence[Rule]) -> Compiled:
    """What an UnknownValues is made of. Raises Refused for a rule that the engine does not take."""
    triggers = Engine.of_expressions([*map(trigger_of, rules), _OVER_MASKED, hexdumps.TRIGGER])
    beginnings: dict[bytes, list[Beginning]] = {}
    for number, rule in enumerate(rules):
        for beginning in _beginnings(number, rule):
            beginnings.setdefault(beginning.text, []).append(beginning)
    texts = Engine.of_texts(list(beginnings)).dumped() if beginnings else b""
    return Compiled(triggers.dumped(), texts, list(beginnings.values()))


def _beginnings(number: int, rule: Rule) -> Iterator[Beginning]:
    telling = () if rule.keywords else prefixes(rule.pattern)
    for prefix in telling:
        if prefix in _COMMON:
            continue
        yield Beginning(prefix, number)
        for text, group in base64_beginnings(prefix):
            if len(text) >= _LEAST_BASE64:
                yield Beginning(text, number, group)
