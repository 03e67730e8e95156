"""Reads the manifest: the secrets to be judged and the rules for each, from names or from YAML."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Self

import msgspec

from deploy_actions.actions.preflight_secrets.probes.probe import Probe
from deploy_actions.core.input_types import (
    Duration,
    NotOfType,
    json_strings,
    parse_as,
    refuse_repeated,
    secret_name,
    split_list,
)
from deploy_actions.core.text_types import RegularExpression
from deploy_actions.credentials import KINDS, OPAQUE


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is demanded of one secret. `kind` is None where it is to be found out from the value."""

    name: str
    kind: str | None = None
    pattern: "re.Pattern[str] | None" = None
    min_length: int = 0
    min_remaining: Duration | None = None
    optional: bool = False
    same_as: str | None = None
    password_secret: str | None = None
    max_age: Duration | None = None
    probe: Probe | None = None

    @property
    def companions(self) -> tuple[str, ...]:
        """The names of other secrets without which this one cannot be checked."""
        return (*((self.password_secret,) if self.password_secret else ()), *(self.probe.needs if self.probe else ()))


class Manifest(tuple[Rule, ...]):
    """The rules, one a secret, in the order written."""

    expects: ClassVar[str] = "secret names by newline or comma, or YAML: a mapping or list of names with their rules"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType saying which secret and which rule is wrong, never quoting a rule's value."""
        names = json_strings(text)
        if names is None and _is_plain_list(text):
            names = split_list(text)
            if not names:
                raise NotOfType("names no secret; an empty JSON list `[]` says that there are none")
        entries = _from_yaml(text) if names is None else [(name, {}) for name in names]
        refuse_repeated(tuple(secret_name(name) for name, _ in entries))
        return cls(_rule(name, settings) for name, settings in entries)


def _is_plain_list(text: str) -> bool:
    return all(re.fullmatch(r"\w+", item) for item in split_list(text))


def _from_yaml(text: str) -> list[tuple[str, Any]]:
    from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

    return [pair for part in _parts(load(text)) for pair in part]


def _parts(document: object) -> list[list[tuple[str, Any]]]:
    if isinstance(document, dict):
        return [list(document.items())]
    if isinstance(document, list):
        return [list(item.items()) if isinstance(item, dict) else [(_name(item), {})] for item in document]
    raise NotOfType("is neither a list of secret names nor a mapping of names to their rules")


def _name(item: object) -> str:
    if not isinstance(item, str):
        raise NotOfType("has a list in the place of a secret's name")
    return item


def _rule(name: str, settings: object) -> Rule:
    if not settings:
        return Rule(name=name)
    if not isinstance(settings, dict):
        raise NotOfType(f"has under `{name}` no mapping of rules")
    values: dict[str, Any] = {}
    for key, text in settings.items():
        if key not in _READERS:
            raise NotOfType(f"has under `{name}` an unknown rule; known are {', '.join(sorted(_READERS))}")
        values[key.replace("-", "_")] = _value(name, key, text)
    return Rule(name=name, **values)


def _value(name: str, key: str, text: object) -> Any:
    if not isinstance(text, str) and key != "probe":
        raise NotOfType(f"has under `{name}` a rule `{key}` that is not a single value")
    try:
        return _READERS[key](text)
    except NotOfType as error:
        raise NotOfType(f"has under `{name}` a rule `{key}` that {error}") from None


def _kind(text: str) -> str:
    if text not in (*KINDS, OPAQUE):
        raise NotOfType(f"is none of the kinds {', '.join((*KINDS, OPAQUE))}")
    return text


def _length(text: str) -> int:
    length: int = parse_as(int, text)
    if length < 0:
        raise NotOfType("is negative")
    return length


def _probe(rule: Any) -> Probe:
    from deploy_actions.actions.preflight_secrets.probes import parse  # 10 ms, only where there is a probe

    return parse(rule)


_READERS: dict[str, Callable[[Any], Any]] = {
    "kind": _kind,
    "pattern": RegularExpression.parse,
    "min-length": _length,
    "min-remaining": lambda text: parse_as(Duration, text),
    "optional": lambda text: parse_as(bool, text),
    "same-as": secret_name,
    "password-secret": secret_name,
    "max-age": lambda text: parse_as(Duration, text),
    "probe": _probe,
}
