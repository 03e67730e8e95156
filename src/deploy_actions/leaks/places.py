"""Puts what was found in order: each leak once, the plainest account of it, with its lines."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from deploy_actions.core.leak_search import Leak


class Place(msgspec.Struct, frozen=True):
    """A leak in plain text, from `start` to `end`; its lines are not counted yet."""

    start: int
    end: int
    leak: Leak


def in_order(places: Sequence[Place]) -> list[Place]:
    """By where they begin, without what stands within another account of the same secret (or of any, for rules)."""
    kept: list[Place] = []
    reached: dict[str, int] = {}
    for place in sorted(places, key=lambda place: (place.start, -place.end, _plainness(place.leak.form))):
        subject = _subject(place.leak)
        if place.end > reached.get(subject, -1):
            kept.append(place)
            reached[subject] = place.end
    return kept


def _subject(leak: Leak) -> str:
    """The secret that a leak is of: of the parts of one, all; one for all rules, which would tell the same twice."""
    return (leak.secret or "").partition(" (")[0]


def _plainness(form: str) -> int:
    return 0 if form == "plain" else 2 if form == "truncated" else 1


def outside(known: Sequence[Place], others: Sequence[Place]) -> Iterator[Place]:
    """Those of the others that overlap no known one. Both are in order of their beginnings."""
    starts = [place.start for place in known]
    reached, furthest = [], 0
    for place in known:
        furthest = max(furthest, place.end)
        reached.append(furthest)
    for place in others:
        number = bisect_right(starts, place.end - 1)
        if not number or reached[number - 1] <= place.start:
            yield place


def lines_of(text: bytes, places: Sequence[Place], first_line: int) -> Iterator[Leak]:
    """The leaks with their lines and columns. The places are in order of their beginnings."""
    line, counted, line_end = first_line, 0, -1
    for place in places:
        line += text.count(b"\n", counted, place.start)
        line_end = max(line_end, text.rfind(b"\n", counted, place.start))
        counted = place.start
        yield msgspec.structs.replace(
            place.leak,
            line=line,
            column=place.start - line_end,
            last_line=line + text.count(b"\n", place.start, max(place.start, place.end - 1)),
        )
