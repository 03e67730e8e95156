"""A comparison with a value, as a text: `ok`, `!= ok`, `< 5`, `>= 0.5`, `~ regex`."""

import re
from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec

from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.json_path import shown
from deploy_actions.core.text_types import RegularExpression

if TYPE_CHECKING:
    from decimal import Decimal

ORDER: dict[str, Callable[[Any, Any], bool]] = {"<=": le, ">=": ge, "<": lt, ">": gt}
_TEXT = re.compile(r"(<=|>=|<|>|!=|=|~)?\s*(.*)", re.DOTALL)


class Comparison(msgspec.Struct, frozen=True):
    """An operator and what stands behind it. Numbers are compared as numbers, by `=` and `!=` too."""

    operator: str
    operand: str

    expects: ClassVar[str] = "a comparison such as `ok`, `!= ok`, `>= 5` or `~ ^v1`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for an order without a number and for a wrong regular expression."""
        found = _TEXT.fullmatch(text.strip())
        operator, operand = (found[1] or "=", found[2]) if found else ("=", text)
        if operator in ORDER and number(operand) is None:
            raise NotOfType(f"is not {cls.expects}: `{operator}` needs a number")
        if operator == "~":
            RegularExpression.parse(operand)
        return cls(operator, operand)

    def holds(self, value: object) -> bool:
        """Whether a text, number, flag or null compares as it should."""
        text = shown(value)
        if self.operator == "~":
            return RegularExpression.parse(self.operand).search(text) is not None
        left, right = number(text), number(self.operand)
        if self.operator in ORDER:
            return left is not None and right is not None and ORDER[self.operator](left, right)
        same = text == self.operand if left is None or right is None else left == right
        return same is (self.operator == "=")

    def __str__(self) -> str:
        return self.operand if self.operator == "=" else f"{self.operator} {self.operand}"


def number(text: str) -> "Decimal | None":
    """The number that a text is, or None. No other spelling of numbers than JSON's counts.

    It is exact: as floats, two build numbers of twenty digits would be the same.
    """
    from decimal import Decimal  # 4 ms, which only who compares pays for

    if not re.fullmatch(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?", text):
        return None
    return Decimal(text)
