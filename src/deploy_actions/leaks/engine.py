"""Finds where any of many expressions or texts ends in a stretch of bytes, all in one pass."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from deploy_actions.core.matching import compiled_literals

if TYPE_CHECKING:
    import hyperscan


class Refused(ValueError):
    """The engine takes none of these expressions, or not this one."""


class Engine:
    """A compiled search. It is for one thread; `copy` makes another for the next."""

    def __init__(self, database: "hyperscan.Database") -> None:
        self._database = database

    @classmethod
    def of_texts(cls, texts: Sequence[bytes]) -> Self:
        """Looks for texts, byte by byte."""
        return cls(compiled_literals(list(texts)))

    @classmethod
    def of_expressions(cls, expressions: Sequence[bytes]) -> Self:
        """Looks for expressions of Hyperscan's; `.` is any byte. Raises Refused."""
        import hyperscan  # 15 ms

        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        flags = [hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_MULTILINE] * len(expressions)
        try:
            database.compile(expressions=list(expressions), ids=list(range(len(expressions))), flags=flags)
        except hyperscan.error as error:
            raise Refused(str(error)) from None
        return cls(database)

    @classmethod
    def loaded(cls, dump: bytes) -> Self:
        """What `dumped` gave. Raises Refused for anything else, and what another release of Hyperscan made."""
        import hyperscan

        try:
            database = hyperscan.loadb(dump, mode=hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        except (hyperscan.error, ValueError) as error:
            raise Refused(str(error)) from None
        return cls(database)

    def dumped(self) -> bytes:
        """The compiled search, for `loaded`."""
        import hyperscan

        return bytes(hyperscan.dumpb(self._database))

    def hits(self, data: bytes) -> list[tuple[int, int]]:
        """For each find the expression's number and where it ends; of one that is found at many ends, each."""
        found: list[tuple[int, int]] = []
        add = found.append

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((number, end))

        self._database.scan(data, match_event_handler=note)
        return found
