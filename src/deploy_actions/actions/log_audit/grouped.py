"""Counts what was found, and keeps the first of each kind: a log can hold the same leak a million times."""

from collections.abc import Iterable, Iterator

import msgspec

from deploy_actions.core.leak_search import Leak, OverMasked
from deploy_actions.core.verdict import Location

_MOST_GROUPS = 200
_MOST_OVER_MASKED = 10
_LEAST_FOR_HINT = 21
"""Characters from which on the first and last two of a value may be shown."""


class Group(msgspec.Struct):
    """Leaks of one secret (or one value that a rule found) in one log and one form: the first, and how many."""

    leak: Leak
    place: Location
    count: int = 1

    @property
    def location(self) -> Location:
        """Where the first is."""
        return msgspec.structs.replace(self.place, line=self.leak.line)

    @property
    def shown_form(self) -> str:
        """How it stands there, in words."""
        return "as it is" if self.leak.form == "plain" else f"in the form {self.leak.form}"

    @property
    def times(self) -> str:
        """How often, if more than once."""
        return "" if self.count == 1 else f", {self.count} times"

    @property
    def rule_in_words(self) -> str:
        """What the rule is for."""
        return self.leak.rule.replace("-", " ")

    @property
    def hint(self) -> str:
        """The first and last two characters of a long value."""
        value = self.leak.value.reveal()
        return f" ({value[:2]}…{value[-2:]}, {len(value)} characters)" if len(value) >= _LEAST_FOR_HINT else ""


class Groups:
    """All that was found, in bounded memory.

    `uncounted` are the leaks of which no group is kept. `over_masked` are the letters before and after a mask that cut
    a word, and where that is first.
    """

    def __init__(self) -> None:
        self._groups: dict[tuple[object, ...], Group] = {}
        self._secrets: dict[str, None] = {}
        self._place = Location()
        self.over_masked: dict[tuple[str, str], Location] = {}
        self.logs = self.bytes = self.lines = self.leaks = self.uncounted = 0

    def begin(self, place: Location) -> None:
        """From now on it is another log."""
        self._place = place
        self.logs += 1

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, whose bytes and lines are counted while they pass."""
        for chunk in chunks:
            self.bytes += len(chunk)
            self.lines += chunk.count(b"\n")
            yield chunk

    def add(self, leak: Leak) -> None:
        """Counts a leak."""
        self.leaks += 1
        if leak.secret:
            self._secrets[leak.secret.partition(" (")[0]] = None
        key = (leak.secret, leak.rule, leak.value, leak.form, self._place)
        if key in self._groups:
            self._groups[key].count += 1
        elif len(self._groups) < _MOST_GROUPS:
            self._groups[key] = Group(leak, self._place)
        else:
            self.uncounted += 1

    def add_over_masked(self, found: OverMasked) -> None:
        """Keeps a masked word, once."""
        if len(self.over_masked) < _MOST_OVER_MASKED:
            place = msgspec.structs.replace(self._place, line=found.line)
            self.over_masked.setdefault((found.before, found.after), place)

    @property
    def kept(self) -> tuple[Group, ...]:
        """The groups, in the order in which they were found."""
        return tuple(self._groups.values())

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the known secrets that leaked."""
        return tuple(self._secrets)
