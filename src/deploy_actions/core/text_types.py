"""Texts that are one pattern, regular expressions, and texts that can be shown in one line."""

import re
from typing import ClassVar, Self

from deploy_actions.core.input_types import NotOfType

LONGEST_REGULAR_EXPRESSION = 1_000


class Patterned(str):
    """A text that is the `pattern` of a subclass, from its start to its end."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"]
    expects: ClassVar[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        if not cls.pattern.fullmatch(text):
            raise NotOfType(f"is not {cls.expects}")
        return cls(text)


class RegularExpression:
    """A regular expression of the caller's own, who answers for what it costs."""

    expects: ClassVar[str] = "a regular expression of Python's"

    @classmethod
    def parse(cls, text: str) -> "re.Pattern[str]":
        """The compiled expression. Raises NotOfType."""
        if len(text) > LONGEST_REGULAR_EXPRESSION:
            raise NotOfType(f"is longer than {LONGEST_REGULAR_EXPRESSION} characters")
        try:
            return re.compile(text)
        except (re.error, RecursionError, OverflowError):
            raise NotOfType("is no regular expression") from None


def printable(text: str) -> str:
    """The text with a space in the place of each character that is not printable, line ends among them."""
    return "".join(character if character.isprintable() else " " for character in text)
