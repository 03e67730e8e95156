"""Reads YAML as nothing but mappings, lists and texts, so that `NO`, `012` and `1:30` stay what was written."""

from typing import Any

import yaml

from deploy_actions.core.input_types import NotOfType

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml's where it is there: ten times as fast, but it must not be given what is nested too deeply."""

_DEEPEST = 100


class _PlainLoader(_Loader):  # type: ignore[misc]  # chosen at run time
    """YAML without types and repeated keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A key that stands twice would silently lose its first rules."""
        keys = [key.value for key, _ in node.value]
        if not all(isinstance(key, str) for key in keys):
            raise NotOfType("has a mapping or a list in the place of a name")
        if len(keys) != len(set(keys)):
            raise NotOfType("has the same name twice in one mapping")
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def load(text: str, *, aliases: bool = False) -> Any:
    """The one document in the text. Raises NotOfType with the line where the text is no YAML.

    `aliases`: they are read, for a reader that looks at a few places and does not walk through the whole.
    """
    try:
        _refuse_traps(text, aliases=aliases)
        return yaml.load(text, _PlainLoader)  # noqa: S506  # the base loader makes no objects
    except yaml.MarkedYAMLError as error:
        last = text.count("\n") + 1
        line = f" in line {min(error.problem_mark.line + 1, last)}" if error.problem_mark else ""
        raise NotOfType(f"is no valid YAML{line}") from None
    except (yaml.YAMLError, RecursionError):
        raise NotOfType("is no valid YAML") from None


def _refuse_traps(text: str, *, aliases: bool) -> None:
    """An alias can make a small text expand without bound; what is nested without end takes the stack."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent) and not aliases:
            raise NotOfType("holds a YAML alias, which is not allowed here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise NotOfType("is nested too deeply")
