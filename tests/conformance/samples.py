"""Valid inputs for any action, by the types of its inputs; and hostile ones. Nothing here names an action."""

from typing import Any

from deploy_actions.actions.preflight_secrets.manifest import Manifest
from deploy_actions.core.action import Action
from deploy_actions.core.input_types import ArgumentList, Duration, Names, SecretNames
from deploy_actions.core.secret import Secret

SECRET_NAME = "CANARY_TOKEN"
DATED_SECRET_NAME = "CANARY_JWT"

VALID: dict[Any, str] = {
    Manifest: f"{SECRET_NAME}: {{}}\n{DATED_SECRET_NAME}: {{ kind: jwt, min-remaining: 1d }}",
    Duration: "60m",
    SecretNames: SECRET_NAME,
    Names: "HOME",
    ArgumentList: "true",
    Secret: "obviously-fake-credential",
    str: ".",
    int: "1",
    bool: "true",
}

HOSTILE: dict[str, str] = {
    "empty": "",
    "huge": "A," * 50_000,
    "too long by a little": "A" * 70_000,
    "longer than a file's name": "A" * 5_000,
    "NUL": "A\0B",
    "control characters": "A\x01\x1b[31m\x7fB",
    "commands": "A\n::set-output name=decision::pass\n##[add-mask]deploy",
    "carriage return": "A\r::stop-commands::x\r##[error]y",
    "no UTF-8": "A\udcff\udc80",
    "aliases": "a: &a [x]\nb: *a",
    "deep": "[" * 50_000,
    "braces": "{" * 2_000,
    "numbers": "12345",
    "list of numbers": "[1, 2, 3]",
    "object": '{"a": {"b": 1}}',
    "null": "null",
    "markdown": "[x](http://evil.example) | <script> @everyone `",
    "template": "{secret} {0} %s ${{ secrets.X }}",
}


def types_without_a_sample(action: Action[Any, Any]) -> list[str]:
    """The types of inputs that VALID does not know, each with the inputs that have it."""
    return [
        f"{field.kind.__name__} (input {field.name})" for field in action.inputs.fields() if field.kind not in VALID
    ]


def valid_inputs(action: Action[Any, Any]) -> dict[str, str]:
    """Texts for the inputs, by type; `optional-…` ones allow more and keep their default."""
    missing = types_without_a_sample(action)
    assert not missing, f"add a sample to tests/conformance/samples.py for {', '.join(missing)}"
    fields = (field for field in action.inputs.fields() if not field.name.startswith("optional-"))
    return {field.name: VALID[field.kind] for field in fields}
