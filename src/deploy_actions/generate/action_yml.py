"""Writes `actions/<name>/action.yml`: one step, each input mapped by hand, no expression in what the shell reads."""

from typing import Any

import msgspec

from deploy_actions.core.action import Action
from deploy_actions.core.declare import Field
from deploy_actions.generate.description import outputs_of, source_of, summary_of


def text(name: str, action: Action[Any, Any]) -> str:
    """The file. Descriptions are double-quoted scalars, which are JSON strings."""
    fields = action.inputs.fields()
    inputs = "".join(map(_input, fields))
    outputs = "".join(_output(output, description) for output, description in outputs_of(action).items())
    variables = "".join(f"        {field.variable}: ${{{{ inputs.{field.name} }}}}\n" for field in fields)
    return (
        f"# Generated from {source_of(name)} by `make docs`; change it there.\n"
        f"name: {_quoted(name)}\n"
        f"description: {_quoted(summary_of(action))}\n"
        f"inputs:\n{inputs}"
        f"outputs:\n{outputs}"
        "runs:\n"
        "  using: composite\n"
        "  steps:\n"
        "    - id: run\n"
        "      shell: bash\n"
        f"      env:\n{variables}"
        f'      run: exec "$GITHUB_ACTION_PATH/../../bin/deploy-actions" {name}\n'
    )


def _input(field: Field) -> str:
    default = "" if field.default is None else f"    default: {_quoted(field.default)}\n"
    return (
        f"  {field.name}:\n"
        f"    description: {_quoted(field.description)}\n"
        f"    required: {'true' if field.required else 'false'}\n"
        f"{default}"
    )


def _output(name: str, description: str) -> str:
    return f"  {name}:\n    description: {_quoted(description)}\n    value: ${{{{ steps.run.outputs.{name} }}}}\n"


def _quoted(value: str) -> str:
    return msgspec.json.encode(value).decode()
