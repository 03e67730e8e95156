"""The types that an action's inputs may have; each reads itself from text and says what it expects.

A type is any class with `parse(text)` and `expects`. `str`, `int`, `bool` and `Secret` are read here too.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, Self

import msgspec

from deploy_actions.core.secret import Secret

MAXIMUM_INPUT_CHARACTERS = 65_536
"""Longest text that an input takes: room for twelve PEM chains of rules, and no more than a person can have written."""


class NotOfType(ValueError):
    """A text that is not of the type it should be. The message never quotes the text."""


_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:[0-9]{1,9}[smhdw])+")
_LONGEST_DURATION_SECONDS = 100 * 366 * 86_400


class Duration(msgspec.Struct, frozen=True, order=True):
    """A length of time, written `30s`, `15m`, `1h30m`, `14d` or `2w`; at most 100 years."""

    seconds: int

    expects: ClassVar[str] = "a duration such as `30s`, `15m`, `1h30m` or `14d`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for anything but number-and-unit pairs."""
        if not _DURATION.fullmatch(text):
            raise NotOfType(f"is not {cls.expects}")
        seconds = sum(int(number) * _UNIT_SECONDS[unit] for number, unit in re.findall(r"([0-9]+)([smhdw])", text))
        if seconds > _LONGEST_DURATION_SECONDS:
            raise NotOfType("is longer than 100 years")
        return cls(seconds)

    @property
    def timedelta(self) -> timedelta:
        """The same for arithmetic with moments."""
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        return format_seconds(self.seconds)


def format_seconds(seconds: float) -> str:
    """A length of time as a person says it: the two largest units, as in `3d 4h`; `0s` below one second."""
    parts, rest = [], int(abs(seconds))
    for unit in "dhms":
        count, rest = divmod(rest, _UNIT_SECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


_SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_RUNNER_PREFIXES = ("GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "DEPLOY_ACTIONS_")
_RESERVED_PREFIXES = (*_RUNNER_PREFIXES, "LD_", "DYLD_", "PYTHON")
_RESERVED_NAMES = frozenset({"PATH", "HOME", "SHELL", "IFS", "ENV", "BASH_ENV", "NODE_OPTIONS", "CI"})


def secret_name(text: str) -> str:
    """A name that a secret can have on the platform and that is safe as a variable of the deploy command.

    GitHub: letters, digits and `_`, no digit first, no prefix `GITHUB_` (docs, "Naming your secrets"). Names that
    steer the runner, the loader or an interpreter are refused. Raises NotOfType.
    """
    if not _SECRET_NAME.fullmatch(text):
        raise NotOfType("holds a name that is no secret name: letters, digits and `_`, not starting with a digit")
    upper = text.upper()
    if upper != "GITHUB_TOKEN" and (upper.startswith(_RESERVED_PREFIXES) or upper in _RESERVED_NAMES):
        raise NotOfType(f"holds the name `{text}`, which is reserved by the runner, the loader or the shell")
    return text


def refuse_repeated(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, if no two are the same to the platform, where case does not count. Raises NotOfType."""
    seen: set[str] = set()
    for name in names:
        if name.upper() in seen:
            raise NotOfType(f"names `{name}` twice; the case of letters does not count")
        seen.add(name.upper())
    return names


def split_list(text: str) -> tuple[str, ...]:
    """The items of a list written with newlines or commas; blank items and `#` comment lines are passed over."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return tuple(item.strip() for line in lines for item in line.split(",") if item.strip())


def json_strings(text: str) -> tuple[str, ...] | None:
    """The strings of a JSON list of strings; None if the text is no such list."""
    try:
        return tuple(msgspec.json.decode(text, type=list[str]))
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


class Names(tuple[str, ...]):
    """Names of variables that are not the runner's own, by newline or comma."""

    expects: ClassVar[str] = "a list of names, by newline or comma"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for a name that no variable can have, or that only the runner's variables have."""
        names = split_list(text)
        if not all(_SECRET_NAME.fullmatch(name) for name in names):
            raise NotOfType("holds a name that no variable can have: letters, digits and `_`, not a digit first")
        if any(name.upper().startswith(_RUNNER_PREFIXES) for name in names):
            raise NotOfType("holds a name of the runner's own: its variables, files and tokens are not handed on")
        return cls(names)


class Lines(tuple[str, ...]):
    """Texts by newline or comma."""

    expects: ClassVar[str] = "texts by newline or comma"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never raises."""
        return cls(split_list(text))


class SecretNames(tuple[str, ...]):
    """Names of secrets, by newline or comma, or as a JSON list."""

    expects: ClassVar[str] = "a list of secret names, by newline or comma, or a JSON list of strings"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for what is no secret's name, for reserved names and for repeated ones."""
        listed = json_strings(text)
        names = split_list(text) if listed is None else listed
        return cls(refuse_repeated(tuple(secret_name(name) for name in names)))


class ArgumentList(tuple[str, ...]):
    """A program and its arguments: a JSON list of strings, or one a line. No shell reads it."""

    expects: ClassVar[str] = "a program and its arguments: a JSON list of strings, or one argument a line"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for a broken JSON list, an empty program, a NUL, or a command line in one line."""
        arguments = json_strings(text)
        if arguments is None:
            if text.lstrip().startswith("["):
                raise NotOfType("starts with `[` but is no JSON list of strings")
            arguments = tuple(line.strip() for line in text.splitlines() if line.strip())
            if len(arguments) == 1 and len(arguments[0].split()) > 1:
                raise NotOfType(
                    "is a command line, and no shell is there to split it: write one argument a line, or a JSON list"
                )
        if not arguments or not arguments[0]:
            raise NotOfType("names no program")
        if any("\0" in argument for argument in arguments):
            raise NotOfType("holds a NUL character, which no argument can")
        return cls(arguments)


def _parse_integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise NotOfType("is not a whole number")
    return int(text)


def _parse_flag(text: str) -> bool:
    """Exactly what GitHub's own toolkit takes for a Boolean (`core.getBooleanInput`, YAML 1.2 core schema)."""
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    raise NotOfType("is neither `true` nor `false`")


_BUILT_IN: dict[type, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    int: (_parse_integer, "a whole number"),
    bool: (_parse_flag, "`true` or `false`"),
    Secret: (Secret, "a secret value"),
}


def parse_as(kind: type, text: str) -> Any:
    """The value of an input type from its text. Raises NotOfType, whose message fits behind the input's name."""
    if len(text) > MAXIMUM_INPUT_CHARACTERS:
        raise NotOfType(f"is longer than {MAXIMUM_INPUT_CHARACTERS} characters")
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise NotOfType("is not UTF-8 text")
    if kind in _BUILT_IN:
        return _BUILT_IN[kind][0](text)
    return kind.parse(text)  # type: ignore[attr-defined]  # every other input type has it, see `expectation`


def expectation(kind: type) -> str:
    """What an input of this type expects, in words; also the test that it is an input type at all."""
    return _BUILT_IN[kind][1] if kind in _BUILT_IN else str(kind.expects)  # type: ignore[attr-defined]
