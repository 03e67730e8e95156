"""Reads the settings of one check: each by its key and of its type, and no key that nobody asked for."""

import re
from collections.abc import Mapping
from typing import Any

from deploy_actions.core.input_types import NotOfType, parse_as, split_list
from deploy_actions.core.text_types import RegularExpression


class Settings:
    """The settings of a check, all texts, lists and mappings. `about` is how messages call the check.

    Every method raises NotOfType, which names the key and never quotes its value.
    """

    def __init__(self, values: Mapping[str, Any], about: str) -> None:
        self._values = values
        self._about = about
        self._known: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self.optional_text(key)
        if value is not None:
            return value
        if default is None:
            raise NotOfType(f"has under `{self._about}` no `{key}`")
        return default

    def optional_text(self, key: str) -> str | None:
        """A text, or None where it is absent or empty."""
        value = self._get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "is not a single value")
        return value or None

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        flag: bool = self.parsed(key, bool, "true" if default else "false")
        return flag

    def number(self, key: str, default: int) -> int:
        """A whole number of 0 or more."""
        number: int = self.parsed(key, int, str(default))
        if number < 0:
            raise self._wrong(key, "is negative")
        return number

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text with items by newline or comma; empty where it is absent."""
        value = self._get(key)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "is no list of texts")
        return split_list(value or "")

    def parsed(self, key: str, kind: type, default: str | None = None) -> Any:
        """A value of an input type."""
        text = self.text(key, default)
        try:
            return parse_as(kind, text)
        except NotOfType as error:
            raise self._wrong(key, str(error)) from None

    def regular_expression(self, key: str) -> "re.Pattern[str] | None":
        """A compiled expression, or None where it is absent or empty."""
        found: re.Pattern[str] | None = self.parsed(key, RegularExpression) if self.optional_text(key) else None
        return found

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A mapping; empty where it is absent."""
        value = self._get(key)
        if value is not None and value != "" and not isinstance(value, dict):
            raise self._wrong(key, "is no mapping")
        return value or {}

    def has(self, key: str) -> bool:
        """Whether the key is there, whatever its value."""
        self._known.add(key)
        return key in self._values

    def raw(self, key: str) -> Any:
        """The value as it is."""
        return self._get(key)

    def refuse_others(self) -> None:
        """Refuses keys that no method was asked for."""
        if self._values.keys() - self._known:
            known = ", ".join(f"`{key}`" for key in sorted(self._known))
            raise NotOfType(f"has under `{self._about}` an unknown setting; known are {known}")

    def _get(self, key: str) -> Any:
        self._known.add(key)
        return self._values.get(key)

    def _wrong(self, key: str, problem: str) -> NotOfType:
        return NotOfType(f"has under `{self._about}` a setting `{key}` that {problem}")
