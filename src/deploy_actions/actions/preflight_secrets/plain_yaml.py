"""Reads YAML as nothing but mappings, lists and texts, so that `NO`, `012` and `1:30` stay what was written."""

from typing import Any

import yaml

from deploy_actions.core.input_types import NotOfType


class _PlainLoader(yaml.BaseLoader):
    """YAML without types, aliases and repeated keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """An alias can make a small text expand without bound, and no manifest needs one."""
        if self.check_event(yaml.AliasEvent):
            raise NotOfType("holds a YAML alias, which is not allowed here")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A key that stands twice would silently lose its first rules."""
        keys = [key.value for key, _ in node.value]
        if not all(isinstance(key, str) for key in keys):
            raise NotOfType("has a mapping or a list in the place of a name")
        if len(keys) != len(set(keys)):
            raise NotOfType("has the same name twice in one mapping")
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    """The one document in the text. Raises NotOfType with the line where the text is no YAML."""
    try:
        return yaml.load(text, _PlainLoader)  # noqa: S506  # the base loader makes no objects
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise NotOfType(f"is no valid YAML{line}") from None
    except (yaml.YAMLError, RecursionError):
        raise NotOfType("is no valid YAML") from None
