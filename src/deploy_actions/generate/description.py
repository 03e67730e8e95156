"""What the generated files say of an action, taken from its declaration."""

import inspect
from collections.abc import Mapping
from typing import Any

from deploy_actions.core.action import Action
from deploy_actions.core.declare import Field

CONTRACT_OUTPUTS: Mapping[str, str] = {
    "decision": "One of `pass`, `warn`, `fail`, `skip` and `cannot-verify`.",
    "reason-code": "Why, in one stable word: the reason code of the gravest finding.",
    "result": "Everything found, as one JSON document of the form that `result.schema.json` states.",
}


def summary_of(action: Action[Any, Any]) -> str:
    """What the action does, in one sentence: the first line of its room's docstring."""
    return documentation(action).partition("\n")[0]


def documentation(action: Action[Any, Any]) -> str:
    """The whole docstring of the action's room."""
    return inspect.getdoc(inspect.getmodule(action.run)) or ""


def outputs_of(action: Action[Any, Any]) -> dict[str, str]:
    """Description of every output by name: the contract's, then the action's own."""
    return {**CONTRACT_OUTPUTS, **{field.name: field.description for field in action.outputs.fields()}}


def shown_default(field: Field) -> str:
    """The default in a table."""
    if field.required:
        return "required"
    return f"`{field.default}`" if field.default else "none"


def source_of(name: str) -> str:
    """Where the declaration stands."""
    return f"src/deploy_actions/actions/{name.replace('-', '_')}"
