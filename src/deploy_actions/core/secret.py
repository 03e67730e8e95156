"""Holds a secret value so that it shows only where it is asked for by name."""

from typing import NoReturn

HIDDEN = "***"

MINIMUM_MASKABLE_LENGTH = 4
"""Characters below which a value is neither masked nor redacted, since that would blank the log.

The runner itself knows no minimum: a secret `1` masks every 1 (actions/runner, `SecretMasker`).
"""


class Secret:
    """A secret value. `str`, `repr` and formatting give `***`; `reveal` gives the value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for a client or a judgement; never for a message."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, format_spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not to be serialised")
