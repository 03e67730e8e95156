"""The input type of short lengths of time, down to a millisecond."""

import re
from typing import ClassVar, Self

from deploy_actions.core.input_types import Duration, NotOfType

_SPAN = re.compile(r"((?:[0-9]{1,9}[smhdw])*)(?:([0-9]{1,9})ms)?")


class Span(float):
    """A length of time in seconds, written `250ms`, `5s` or `1m30s`; at most 100 years."""

    __slots__ = ()
    expects: ClassVar[str] = "a length of time such as `500ms`, `5s` or `2m`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for anything but number-and-unit pairs, milliseconds last."""
        found = _SPAN.fullmatch(text)
        if not found or not text:
            raise NotOfType(f"is not {cls.expects}")
        whole = Duration.parse(found[1]).seconds if found[1] else 0
        return cls(whole + int(found[2] or 0) / 1000)

    def __str__(self) -> str:
        """As it could have been written, to the millisecond."""
        seconds, milliseconds = divmod(round(float(self) * 1000), 1000)
        parts = []
        for unit, size in (("h", 3600), ("m", 60), ("s", 1)):
            count, seconds = divmod(seconds, size)
            parts += [f"{count}{unit}"] if count else []
        parts += [f"{milliseconds}ms"] if milliseconds else []
        return "".join(parts) or "0s"
