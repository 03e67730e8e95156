"""Decides whether a pattern of GitHub's meets the name of a branch or tag, in a time that is bounded by their lengths.

GitHub matches as Ruby's `File.fnmatch` with `File::FNM_PATHNAME` does (docs of "Create a deployment branch policy"):
`*` and `?` do not cross a `/`, `**/` stands for any number of whole parts, `[a-z]` is a set, `[^a-z]` and `[!a-z]` its
opposite, and a backslash takes the meaning from what follows. Case counts. Braces are no alternatives. Left out are
that a leading dot is met only by a dot, since no part of a ref begins with one (git, "check-ref-format"), and sets that
hold a `/`: such a set meets nothing here.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

Token = TypeVar("Token")
Item = TypeVar("Item")


class _Set(NamedTuple):
    """One character: of any of the ranges, or of none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def holds(self, character: str) -> bool:
        return self.negated != any(
            first <= character <= last or character in (first, last) for first, last in self.ranges
        )


_ANY, _NEVER = _Set((), negated=True), _Set(())


def meets(pattern: str, name: str) -> bool:
    """Whether the pattern meets the whole name."""
    *parts, last = pattern.split("/")
    tokens = [None if part == "**" else _tokens(part) for part in parts]
    return _fits([*tokens, _tokens(last)], name.split("/"), lambda part, text: _fits(part, text, _Set.holds))


def _fits(tokens: Sequence[Token | None], items: Sequence[Item], holds: Callable[[Token, Item], bool]) -> bool:
    """Whether the tokens meet all items in order; None meets any number of them.

    It is enough to go back to the last None: what an earlier one could take besides, that one can take too.
    """
    at = place = taken = 0
    star = None
    while place < len(items):
        token = tokens[at] if at < len(tokens) else None
        if at < len(tokens) and token is None:
            star, taken, at = at, place, at + 1
        elif token is not None and holds(token, items[place]):
            at, place = at + 1, place + 1
        elif star is not None:
            taken += 1
            at, place = star + 1, taken
        else:
            return False
    return all(token is None for token in tokens[at:])


def _tokens(part: str) -> list[_Set | None]:
    """What stands between two `/`. A set without an end meets nothing."""
    found: list[_Set | None] = []
    at = 0
    while at < len(part):
        if part[at] == "[":
            token, at = _set(part, at + 1)
            found.append(token)
            continue
        if part[at] in "*?":
            found.append(None if part[at] == "*" else _ANY)
            at += 1
        elif part[at:] == "\\":  # takes the meaning from nothing
            break
        else:
            character, at = _character(part, at)
            found.append(_Set(((character, character),)))
    return found


def _set(part: str, at: int) -> tuple[_Set, int]:
    """The set that begins at a place, and the place after its end."""
    negated = part[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    while at < len(part) and part[at] != "]":
        first, at = _character(part, at)
        last = first
        if part[at : at + 1] == "-" and part[at + 1 : at + 2] not in ("]", ""):
            last, at = _character(part, at + 1)
        ranges.append((first, last))
    if at >= len(part):
        return _NEVER, len(part)
    return _Set(tuple(ranges), negated=negated), at + 1


def _character(part: str, at: int) -> tuple[str, int]:
    """The character at a place, or the one after a backslash there; and the place after it."""
    at += part[at] == "\\" and at + 1 < len(part)
    return part[at], at + 1
