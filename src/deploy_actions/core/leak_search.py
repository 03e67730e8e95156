"""What is searched for in a log, and what was found: the words between those who search and those who judge."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from deploy_actions.core.secret import Secret


class Target(msgspec.Struct, frozen=True):
    """A known secret value, under the name for findings: `DEPLOY_TOKEN`, or `DSN (password)` for a part of one."""

    name: str
    value: Secret


class Unsearchable(msgspec.Struct, frozen=True):
    """A known value that is not searched for, and why: `value-too-short` or `value-too-common`."""

    name: str
    cause: str


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of secret that nobody told us of, as data.

    `pattern` is a Python regular expression over bytes; what leaked is its group `secret`, else all of it. `keywords`
    are texts (any case) of which one must stand in the 100 bytes before it, or in it. `entropy` is the least one, in
    bits a byte. `checks` name further proofs (`leaks/checks.py`). `trigger` is what the engine looks for, where it
    cannot be told from the pattern. A find begins at most `reach` bytes before the end of what the engine saw; it
    stands in one line, unless `reach` is more than 4,000.
    """

    id: str
    description: str
    provider: str = ""
    pattern: str
    trigger: str = ""
    keywords: tuple[str, ...] = ()
    entropy: float = 0.0
    checks: tuple[str, ...] = ()
    reach: int = 160
    remedy: str = ""


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that stands in a log. Lines and columns count from 1, columns in bytes.

    `secret` names a known one, and `rule` is empty then; else `rule` is the id of the rule. `form` is how it stands
    there, in kebab-case, as in `plain`, `base64`, `hex`, `over-lines`. `value` is the secret itself, without what
    breaks it in the log.
    """

    line: int
    column: int
    last_line: int
    form: str
    value: Secret
    secret: str | None = None
    rule: str = ""


class OverMasked(msgspec.Struct, frozen=True):
    """A word that a mask cut: `before` and `after` are the letters beside the `***` in a line (from 1)."""

    line: int
    before: str
    after: str


class Plan(msgspec.Struct, frozen=True):
    """What to search for: known values, besides all that the library's own rules know."""

    targets: tuple[Target, ...] = ()


class Searcher(Protocol):
    """A plan, ready to be used on any number of logs."""

    @property
    def unsearchable(self) -> Sequence[Unsearchable]:
        """The known values that are not searched for."""

    def search(self, log: Iterable[bytes]) -> Iterator[Leak | OverMasked]:
        """What leaked in a log, about in the order of its lines. Raises what reading it raises."""
