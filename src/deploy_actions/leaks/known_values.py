"""Finds known values in joined text, in each of their forms, also when something broke them or cut them short."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from deploy_actions.core.encodings import stripped_lines
from deploy_actions.core.leak_search import Target
from deploy_actions.leaks.targets import is_common
from deploy_actions.leaks.value_forms import value_forms

LEAST_FRAGMENT = 12
"""Characters of a value's beginning or end that are taken for what is left of it."""

_LITERAL = 12
_HEX_BYTES = 4
_LEAST_WITH_END = 16
_NO_HEX_DIGIT = re.compile(rb"0[xX]|\\[xX]|[^0-9A-Fa-f]")
_LONGEST_PAIR = 7
"""Bytes that a pair of hexadecimal digits takes with its separator, `, 0x61` and a line's end in between."""

_PUBLIC = re.compile(
    r"-----BEGIN [A-Z0-9 ]+-----\s*"
    r"|[A-Za-z][A-Za-z0-9+.-]*://(?:[^:@/\s]*:)?"
    r"|eyJ[A-Za-z0-9_-]*\.?"
    r"|[A-Za-z]{2,12}[-_](?:[A-Za-z0-9]{2,6}[-_])?"
)
"""What many values begin with, so that it tells nothing: delimiters, schemes and users, headers of JWTs, prefixes."""

_WORDS = re.compile(r"[A-Z]?[a-z]*(?:[-_./: ]+[A-Z]?[a-z]*)*")


class Found(msgspec.Struct, frozen=True):
    """A known value in joined text."""

    start: int
    end: int
    target: Target
    form: str

    @property
    def value(self) -> bytes:
        """The value itself."""
        return self.target.value.reveal().encode("utf-8", "surrogateescape")


class _Form(msgspec.Struct, frozen=True):
    """A text to be found, of which `offset` bytes stand before the literal that is searched for."""

    text: bytes
    name: str
    target: Target
    offset: int = 0


class KnownValues:
    """The values, as literals for an engine, and what confirms its hits. `reach` is how long one may be, in bytes."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._forms: dict[bytes, list[_Form]] = {}
        self.reach = 0
        for target in targets:
            self._add(target)
        self.literals = tuple(self._forms)
        self._by_number = tuple(self._forms.values())

    def _add(self, target: Target) -> None:
        value = target.value.reveal()
        for text, name in value_forms(value).items():
            self.reach = max(self.reach, 2 * len(text))
            if name.endswith("hex"):
                self._add_hexadecimal(text, name, target)
            else:
                self._note(text[:_LITERAL], _Form(text, name, target))
        for fragment in _fragments(value):
            self._add_ends(fragment, target)

    def _add_hexadecimal(self, text: bytes, name: str, target: Target) -> None:
        """By its first and its last pairs, of which a line's end breaks one at most."""
        digits = len(_NO_HEX_DIGIT.sub(b"", text)) // 2
        if digits <= _HEX_BYTES:
            return
        step = (len(text) - 2) // (digits - 1)
        length = step * (_HEX_BYTES - 1) + 2
        self._note(text[:length], _Form(text, name, target))
        self._note(text[-length:], _Form(text, name, target, len(text) - length))

    def _add_ends(self, value: str, target: Target) -> None:
        public = len(found[0]) if (found := _PUBLIC.match(value)) else 0
        text = value.encode("utf-8", "surrogateescape")
        for start in (public, len(value) - LEAST_FRAGMENT):
            fragment = value[start : start + LEAST_FRAGMENT]
            if start >= 0 and len(fragment) == LEAST_FRAGMENT and _tells(fragment):
                literal = fragment.encode("utf-8", "surrogateescape")
                offset = len(value[:start].encode("utf-8", "surrogateescape"))
                self._note(literal, _Form(text, "truncated", target, offset))

    def _note(self, literal: bytes, form: _Form) -> None:
        self._forms.setdefault(literal, []).append(form)

    def found(self, text: bytes, number: int, end: int) -> Iterator[Found]:
        """What stands where the literal of that number ends."""
        start = end - len(self.literals[number])
        for form in self._by_number[number]:
            begin = start - form.offset
            if begin >= 0 and text.startswith(form.text, begin):
                if form.name != "truncated":
                    yield Found(begin, begin + len(form.text), form.target, form.name)
            elif form.name == "truncated":
                yield _truncated(text, start, form)
            elif form.name.endswith("hex"):
                yield from _regrouped(text, (start, end), form)


def _fragments(value: str) -> Iterator[str]:
    """The lines of which a beginning or an end tells that it is of the value."""
    bare = value.strip()
    for line in dict.fromkeys(stripped_lines(bare)):
        if len(line) >= _LEAST_WITH_END and (line == bare or re.fullmatch(r"[^\s\"'{}\[\]]+", line)):
            yield line


def _tells(fragment: str) -> bool:
    return not is_common(fragment) and not _WORDS.fullmatch(fragment)


def _truncated(text: bytes, start: int, form: _Form) -> Found:
    """As much of the form as stands around its literal."""
    after = _common(text[start : start + len(form.text) - form.offset], form.text[form.offset :])
    head = form.text[: form.offset][::-1]
    before = _common(text[max(0, start - form.offset) : start][::-1], head)
    return Found(start - before, start + after, form.target, form.name)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginning."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _regrouped(text: bytes, span: tuple[int, int], form: _Form) -> Iterator[Found]:
    """The same digits with other separators, as at the end of a line."""
    start, end = span
    wanted = _NO_HEX_DIGIT.sub(b"", form.text).lower()
    room = len(wanted) // 2 * _LONGEST_PAIR
    if form.offset:
        start = max(0, end - room)
        window = text[start:end]
        if _NO_HEX_DIGIT.sub(b"", window).lower().endswith(wanted):
            yield Found(start + _digits(window)[-len(wanted)], end, form.target, form.name)
    else:
        window = text[start : start + room]
        if _NO_HEX_DIGIT.sub(b"", window).lower().startswith(wanted):
            yield Found(start, start + _digits(window)[len(wanted) - 1] + 1, form.target, form.name)


def _digits(text: bytes) -> list[int]:
    """Where the hexadecimal digits stand that are no part of a separator."""
    separators = {place for found in _NO_HEX_DIGIT.finditer(text) for place in range(*found.span())}
    return [place for place in range(len(text)) if place not in separators]
