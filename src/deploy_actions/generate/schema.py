"""Writes `actions/<name>/result.schema.json`: the form of the `result` document, version 1."""

from typing import Any, get_args

import msgspec

from deploy_actions.core import policy_document
from deploy_actions.core.action import Action
from deploy_actions.core.declare import Field, Record
from deploy_actions.core.verdict import Decision
from deploy_actions.generate.description import source_of
from deploy_actions.render.document import SCHEMA_VERSION

_TEXT_OR_NULL = {"type": ["string", "null"]}


def text(name: str, action: Action[Any, Any]) -> str:
    """The schema, as JSON Schema 2020-12."""
    return msgspec.json.format(msgspec.json.encode(_schema(name, action)), indent=2).decode() + "\n"


def of_document(name: str, document: str, form: type) -> str:
    """The schema of a file that an action reads or writes."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Generated from {source_of(name)} by `make docs`.",
        **policy_document.schema(form),
        "title": f"{document.capitalize()} of {name}",
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def _schema(name: str, action: Action[Any, Any]) -> dict[str, Any]:
    codes = {"enum": [reason.code for reason in action.reasons]}
    properties = {
        "schema_version": {"const": SCHEMA_VERSION},
        "action": {"const": name},
        "decision": {"enum": [decision.value for decision in Decision]},
        "reason_code": codes,
        "findings": {"type": "array", "items": _finding(codes)},
        "findings_omitted": {"type": "integer", "minimum": 0, "description": "Findings left out for want of room."},
        "outputs": _object({field.name: _output(field) for field in action.outputs.fields()}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Generated from {source_of(name)} by `make docs`.",
        "title": f"Result of {name}",
        **_object(properties),
    }


def _finding(codes: dict[str, Any]) -> dict[str, Any]:
    location = _object(
        {"job": _TEXT_OR_NULL, "step": _TEXT_OR_NULL, "path": _TEXT_OR_NULL, "line": {"type": ["integer", "null"]}}
    )
    return _object(
        {
            "severity": {"enum": ["notice", "warning", "error"]},
            "decision": {"enum": [decision.value for decision in Decision]},
            "reason_code": codes,
            "message": {"type": "string"},
            "remedy": _TEXT_OR_NULL,
            "location": {"anyOf": [{"type": "null"}, {**location, "required": []}]},
            "secret": {**_TEXT_OR_NULL, "description": "Name of the secret, never its value."},
            "rule": _TEXT_OR_NULL,
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _items(kind: Any) -> dict[str, Any]:
    item = next(iter(get_args(kind)), str)
    if isinstance(item, type) and issubclass(item, Record):
        return _object({field.name: _output(field) for field in item.fields()})
    return {"type": "string"}


_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def _output(field: Field) -> dict[str, Any]:
    """An output is null until it is known; a tuple of strings is a list, one of records a list of objects."""
    kind = field.kind
    form = {"type": ["array", "null"], "items": _items(kind)}
    return {
        "description": field.description,
        **({"type": [_JSON_TYPES[kind], "null"]} if kind in _JSON_TYPES else form),
    }
