"""Searches logs for known and unknown secrets, piece by piece, in bounded memory."""

import re
from collections.abc import Iterable, Iterator

from deploy_actions.core.leak_search import Leak, OverMasked
from deploy_actions.core.secret import Secret
from deploy_actions.leaks import hexdumps
from deploy_actions.leaks.confirm import Span, distinct
from deploy_actions.leaks.engine import Engine
from deploy_actions.leaks.joining import Joined, plain
from deploy_actions.leaks.known_values import Found, KnownValues
from deploy_actions.leaks.pieces import Piece, pieces
from deploy_actions.leaks.places import Place, in_order, lines_of, outside
from deploy_actions.leaks.unknown_values import UnknownValues

_LEAST_OVERLAP = 1 << 15
_MASKED_WORD = re.compile(rb"([A-Za-z]{0,40})\*\*\*([A-Za-z]{0,40})")
_WORD_BYTES = 40


class Search:
    """Known values and rules, ready to be used on any number of logs by one thread."""

    def __init__(self, known: KnownValues, unknown: UnknownValues) -> None:
        self._known = known
        self._engine = Engine.of_texts(known.literals) if known.literals else None
        self._unknown = unknown
        self._overlap = max(_LEAST_OVERLAP, known.reach)

    def find(self, log: Iterable[bytes]) -> Iterator[Leak | OverMasked]:
        """What leaked, in the order of its lines within a piece; each once. Raises what reading the log raises."""
        for piece in pieces(log, self._overlap):
            yield from self.in_piece(piece)

    def in_piece(self, piece: Piece) -> Iterator[Leak | OverMasked]:
        """What leaked in a piece and did not end in what it repeats of the one before."""
        text = plain(piece.text)
        repeated = len(plain(piece.text[: piece.repeated]))
        lines, hits = Joined(text), self._unknown.hits(text)
        known = in_order([*self._known_in(lines), *self._dumped(text, hits.rows)])
        unknown = [*_places(self._unknown.confirmed(text, hits.rules)), *self._hidden(lines)]
        kept = [*known, *outside(known, in_order(unknown))]
        ended = sorted((place for place in kept if place.end > repeated), key=lambda place: place.start)
        yield from lines_of(text, ended, piece.line)
        yield from _over_masked(text, [end for end in hits.masks if end > repeated], piece.line)

    def _known_in(self, lines: Joined) -> Iterator[Place]:
        if self._engine is None:
            return
        for number, end in self._engine.hits(lines.text):
            for found in self._known.found(lines.text, number, end):
                yield _known_place(found, lines)

    def _hidden(self, lines: Joined) -> Iterator[Place]:
        for form, span in self._unknown.hidden(lines):
            yield _unknown_place(form, span, lines.plain_place(span.start), lines.plain_place(span.end - 1) + 1)

    def _dumped(self, text: bytes, rows: list[int]) -> Iterator[Place]:
        """What is in dumps: known values, and what the rules find."""
        after = 0
        for row in rows:
            if row <= after:
                continue
            for dump in hexdumps.dumps(text, text.rfind(b"\n", 0, row) + 1):
                after = max(after, dump.end)
                yield from self._in_dump(dump)

    def _in_dump(self, dump: hexdumps.Dump) -> Iterator[Place]:
        for number, end in self._engine.hits(dump.data) if self._engine else ():
            for found in self._known.found(dump.data, number, end):
                leak = _leak("hexdump", found.value, secret=found.target.name)
                yield Place(dump.place(found.start), dump.row_end(found.end - 1), leak)
        for span in self._unknown.within(dump.data):
            yield _unknown_place("hexdump", span, dump.place(span.start), dump.row_end(span.end - 1))


def _known_place(found: Found, lines: Joined) -> Place:
    broken = found.form in ("plain", "line") and lines.is_broken(found.start, found.end)
    leak = _leak("over-lines" if broken else found.form, found.value, secret=found.target.name)
    return Place(lines.plain_place(found.start), lines.plain_place(found.end - 1) + 1, leak)


def _places(spans: Iterable[Span]) -> Iterator[Place]:
    return (_unknown_place("plain", span, span.start, span.end) for span in distinct(spans))


def _unknown_place(form: str, span: Span, start: int, end: int) -> Place:
    return Place(start, end, _leak(form, span.value, rule=span.rule.id))


def _leak(form: str, value: bytes, *, secret: str | None = None, rule: str = "") -> Leak:
    """A leak whose lines are not counted yet."""
    text = Secret(value.decode("utf-8", "backslashreplace"))
    return Leak(line=0, column=0, last_line=0, form=form, value=text, secret=secret, rule=rule)


def _over_masked(text: bytes, ends: list[int], first_line: int) -> Iterator[OverMasked]:
    """The masked words, each once; `ends` are in order."""
    counted, line, after = 0, first_line, -1
    for end in ends:
        if end <= after:
            continue
        found = _MASKED_WORD.search(text, max(0, after, text.rfind(b"***", 0, end + 3) - _WORD_BYTES))
        if found is None:
            continue
        after = found.end()
        line += text.count(b"\n", counted, found.start())
        counted = max(counted, found.start())
        yield OverMasked(line, found[1].decode(), found[2].decode())
