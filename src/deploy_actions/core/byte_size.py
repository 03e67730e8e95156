"""The input type of sizes of disks and memory."""

import re
from typing import ClassVar, Self

from deploy_actions.core.input_types import NotOfType

_SIZE = re.compile(r"([0-9]{1,15})(?: ?(B)|(?:\.([0-9]{1,9}))? ?([KMGT]i?B))")
_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}


class ByteSize(int):
    """A number of bytes, written `5GiB` or `1.5TB`: KB to TB count by 1000, KiB to TiB by 1024 (IEC 80000-13)."""

    __slots__ = ()
    expects: ClassVar[str] = "a size such as `5GiB`, `1.5TB` or `500MiB`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for anything but a number and a unit. A part of a byte is left out."""
        found = _SIZE.fullmatch(text)
        if not found:
            raise NotOfType(f"is not {cls.expects}")
        whole, bare, fraction, unit = found.groups()
        size = 1 if bare else (1024 if "i" in unit else 1000) ** _POWERS[unit[0]]
        digits = fraction or "0"
        return cls(int(whole) * size + int(digits) * size // 10 ** len(digits))

    def __str__(self) -> str:
        """As people read it, in the largest binary unit that it fills: never more than it is, as in `1.23 GiB`."""
        unit = next((unit for unit in "TGMK" if self >= 1024 ** _POWERS[unit]), None)
        if unit is None:
            return f"{int(self)} B"
        whole, hundredths = divmod(self * 100 // 1024 ** _POWERS[unit], 100)
        decimals = f".{hundredths:02}".rstrip("0").rstrip(".")
        return f"{whole}{decimals} {unit}iB"
