"""Hides every known secret value in a stream of lines, also one that is broken over lines or by colours."""

import re
from collections.abc import Iterable, Iterator

from deploy_actions.core.line_breaks import Unbroken, joined, uncoloured
from deploy_actions.core.matching import LEAST_BEGINNING, Found, Matcher
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import HIDDEN

_Spans = list[tuple[int, int]]

_WITHIN_LINES = re.compile(rb"[^\r\n]+")
_IN_PLAIN_LINE = re.compile(rb"[^\r\n\x1b]+")
_FEW = 100


class StreamRedactor:
    """Redacts what it is fed, chunk by chunk, with what the redactors know at that time.

    A form of 8 bytes or more is also found where line ends or ANSI sequences stand in it. Of one that begins in lines
    that were given back already, the rest is hidden; and where lines end in 8 bytes or more that are the beginning of
    a form of 12 or more, they are hidden before the rest comes. Line ends and colours stay.
    """

    def __init__(self, *redactors: Redactor) -> None:
        self._redactors = redactors
        self._known = [0] * len(redactors)
        self._matchers: list[Matcher] = []
        self._longest = 0
        self._before = b""
        self._learn()

    def feed(self, lines: bytes) -> bytes:
        """The lines with `***` for each visible piece of a secret. Bytes that are no text pass as they are."""
        self._learn()
        if not self._matchers:
            return lines
        unbroken, within = Unbroken(lines), self._find(lines)
        hidden = [*_without_line_ends(lines, within), *self._across(lines, unbroken, within.long)]
        if unbroken.has_colours and any(matcher.has_short for matcher in self._matchers):
            hidden += self._among_colours(unbroken)
        return _masked(lines, hidden) if hidden else lines

    def _learn(self) -> None:
        """Takes in what the redactor has learned. Small searches are merged, so that there are never many."""
        forms: list[str] = []
        for place, redactor in enumerate(self._redactors):
            new = redactor.forms_since(self._known[place])
            self._known[place] += len(new)
            forms += new
        if not forms:
            return
        texts = {text for form in forms for text in _texts_of(form)}
        while self._matchers and len(self._matchers[-1].texts) <= len(texts):
            texts |= self._matchers.pop().texts
        self._matchers.append(Matcher(texts))
        self._longest = max(self._longest, *map(len, texts))

    def _find(self, data: bytes) -> Found:
        found = Found([], [], len(data))
        for each in (matcher.find(data) for matcher in self._matchers):
            found.long += each.long
            found.short += each.short
            found.begun = min(found.begun, each.begun)
        return found

    def _across(self, lines: bytes, unbroken: Unbroken, within: _Spans) -> Iterator[tuple[int, int]]:
        """Long forms in the text that a reader joins, the lines before included, and the beginning of one at its end.

        A short form would be found across any two lines in the end. `within` is found already.
        """
        before, text = len(self._before), self._before + unbroken.text
        found = self._find(text)
        self._before = text[1 - self._longest :] if self._longest > 1 else b""
        spans = [(start, end) for start, end in (*found.long, (found.begun, len(text))) if end > max(start, before)]
        if not _is_the_same(lines, within, spans):
            for start, end in spans:
                yield from unbroken.visible(max(start, before) - before, end - before)

    def _among_colours(self, unbroken: Unbroken) -> Iterator[tuple[int, int]]:
        """Short forms in one line with ANSI sequences in them."""
        plain, at, line_ends = unbroken.plain, 0, 0
        for start, end in sorted(self._find(plain).short):
            passed = plain[at:start]
            at, line_ends = start, line_ends + len(passed) - len(joined(passed))
            yield from unbroken.visible(start - line_ends, end - line_ends)


def _texts_of(form: str) -> Iterator[bytes]:
    """A form as bytes; and without its line ends, if that is long enough to be told from other text."""
    text = form.encode("utf-8", "surrogateescape")
    yield text
    for unbroken in (joined(text), joined(uncoloured(text)), uncoloured(joined(text))):
        if len(unbroken) >= LEAST_BEGINNING:
            yield unbroken


def _without_line_ends(lines: bytes, found: Found) -> Iterator[tuple[int, int]]:
    for start, end in (*found.long, *found.short):
        yield from (piece.span() for piece in _WITHIN_LINES.finditer(lines, start, end))


def _is_the_same(lines: bytes, within: _Spans, across: _Spans) -> bool:
    """Whether what was found across lines is surely no more than what was found within them, as is the rule.

    What stands in a line unbroken is in both; so if both come to as many bytes, there is nothing else.
    """
    if len(within) > _FEW or _size(within) != _size(across):
        return False
    return all(_IN_PLAIN_LINE.fullmatch(lines, lines.rfind(b"\n", 0, start) + 1, end) for start, end in within)


def _size(spans: _Spans) -> int:
    return sum(end - start for start, end in _merged(spans))


def _masked(lines: bytes, hidden: Iterable[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in _merged(hidden):
        kept += [lines[at:start], HIDDEN.encode()]
        at = end
    return b"".join((*kept, lines[at:]))


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """In order; those that overlap as one."""
    first, last = 0, 0
    for start, end in sorted(spans):
        if start < last:
            last = max(last, end)
            continue
        if last:
            yield first, last
        first, last = start, end
    if last:
        yield first, last
