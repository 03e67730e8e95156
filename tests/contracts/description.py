"""Holds an emulator's traffic against the vendor's own OpenAPI description, which lies beside the repository."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from deploy_actions.rehearsal.emulators.server import Answered, Emulator, Received

FOLDER = Path(__file__).parents[2].parent / "shared" / "openapi"
URN = "urn:description"


class Description:
    """A description. `everywhere`: component schemas of errors that any endpoint may give, by status.

    `undescribed`: reasons by route that the description does not know. `same_as`: routes that are another's twin.
    `more_keys`: keys of errors that the API sends and the description lacks, with the reason. `no_formats`: the reason
    to check no formats.
    """

    def __init__(self, document: Mapping[str, Any], **exceptions: Any) -> None:
        self.document = document
        self.everywhere: Mapping[int, str] = exceptions.pop("everywhere", {})
        self.undescribed: Mapping[str, str] = exceptions.pop("undescribed", {})
        self.same_as: Mapping[str, str] = exceptions.pop("same_as", {})
        self.more_keys: Mapping[str, str] = exceptions.pop("more_keys", {})
        self.no_formats: str = exceptions.pop("no_formats", "")
        assert not exceptions

    @cached_property
    def registry(self) -> Registry[Any]:
        registry: Registry[Any] = Registry().with_resource(URN, DRAFT202012.create_resource(self.document))
        return registry

    def faults_of(self, emulator: Emulator[Any]) -> list[str]:
        """What the traffic has that the description has not."""
        assert len(emulator.received) == len(emulator.answered) > 0
        pairs = zip(emulator.received, emulator.answered, strict=True)
        return [
            f"{answered.method} {answered.route or received.path} {answered.status}: {fault}"
            for received, answered in pairs
            for fault in self.faults(received, answered)
        ]

    def faults(self, received: Received, answered: Answered) -> list[str]:
        if answered.route in self.undescribed:
            return []
        operation = self._operation(answered)
        if operation is None:
            return ["the description has no such path and method"]
        return [
            *self._parameter_faults(operation, received, self.same_as.get(answered.route, answered.route)),
            *self._request_faults(operation, received),
            *self._response_faults(operation, answered),
        ]

    def _operation(self, answered: Answered) -> Mapping[str, Any] | None:
        path = self.document["paths"].get(self.same_as.get(answered.route, answered.route), {})
        operation: Mapping[str, Any] | None = path.get(answered.method.lower())
        return operation

    def _parameter_faults(self, operation: Mapping[str, Any], received: Received, route: str) -> list[str]:
        parameters = [self._resolved(one) for one in operation.get("parameters", [])]
        asked = urlsplit(received.path)
        given = {"query": dict(parse_qsl(asked.query, keep_blank_values=True))}
        segments = zip(route.split("/"), asked.path.split("/"), strict=True)
        given["path"] = {name.strip("{}"): unquote(text) for name, text in segments if name.startswith("{")}
        known = {(one["in"], one["name"]): one for one in parameters}
        unknown = [
            f"{place} parameter {name} is unknown"
            for place, values in given.items()
            for name in values
            if (place, name) not in known
        ]
        missing = [f"{n} is missing" for (p, n), one in known.items() if one.get("required") and n not in given[p]]
        wrong = [
            f"{place} parameter {name}: {fault}"
            for (place, name), one in known.items()
            if name in given[place]
            for fault in self._schema_faults(one["schema"], _typed(given[place][name], one["schema"]))
        ]
        return [*unknown, *missing, *wrong]

    def _request_faults(self, operation: Mapping[str, Any], received: Received) -> list[str]:
        if not received.body:
            return []
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        if "application/json" not in content:
            return ["the request has a body"]
        return self._schema_faults(content["application/json"]["schema"], json.loads(received.body), "request")

    def _response_faults(self, operation: Mapping[str, Any], answered: Answered) -> list[str]:
        response = operation["responses"].get(str(answered.status))
        if response is None and answered.status in self.everywhere:
            response = {"$ref": self.everywhere[answered.status]}
        if response is None:
            return ["the description has no such status"]
        content = self._resolved(response).get("content")
        if content is None:  # some errors are described by their status alone
            return ["the response has a body"] if answered.status == 204 and answered.body is not None else []
        faults = self._schema_faults(content["application/json"]["schema"], answered.body, "response")
        excepted = {f"{key} is unknown" for key in self.more_keys} if answered.status >= 400 else set()
        return [fault for fault in faults if fault not in excepted]

    def _schema_faults(self, schema: Mapping[str, Any], value: object, where: str = "") -> list[str]:
        absolute = _with_absolute_references(schema)
        checker = None if self.no_formats else oas30_format_checker
        validator = OAS30Validator(absolute, registry=self.registry, format_checker=checker)
        errors = [f"{where}{error.json_path[1:]}: {error.message}" for error in validator.iter_errors(value)]
        return errors + [f"{key} is unknown" for key in self.unknown_keys(schema, value, where)]

    def unknown_keys(self, schema: Mapping[str, Any], value: object, where: str) -> list[str]:
        """Keys that no property of the schema allows, which a validator lets pass."""
        schema = self._resolved(schema)
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return min((self.unknown_keys(one, value, where) for one in schema[choice]), key=len)
        if isinstance(value, list):
            return [key for item in value for key in self.unknown_keys(schema.get("items", {}), item, f"{where}[]")]
        properties = self._properties(schema)
        if not isinstance(value, dict) or not (properties or "additionalProperties" in schema):
            return []
        more = schema.get("additionalProperties", False)
        unknown = [] if more else [f"{where}.{key}" for key in value if key not in properties]
        inner = [
            key
            for name, item in value.items()
            if name in properties
            for key in self.unknown_keys(properties[name], item, f"{where}.{name}")
        ]
        return unknown + inner

    def _properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        parts = [self._properties(self._resolved(part)) for part in schema.get("allOf", [])]
        return {name: one for part in [*parts, schema.get("properties", {})] for name, one in part.items()}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self.registry.resolver(URN).lookup(schema["$ref"]).contents
        return schema


def description(file: str, **exceptions: Any) -> Description:
    """The description in a file; skips the test where the folder is absent."""
    if not (FOLDER / file).is_file():
        pytest.skip(f"{FOLDER / file} is absent: the emulator is not held against the vendor's description")
    return Description(json.loads((FOLDER / file).read_text()), **exceptions)


def routes_not_exercised(emulators: Sequence[Emulator[Any]]) -> set[tuple[str, str]]:
    """Routes that no exercise reached with an answer of 200 to 299: nothing was seen of them."""
    routes = {(method, template) for emulator in emulators for method, template, _ in emulator.routes}
    reached = {(one.method, one.route) for emulator in emulators for one in emulator.answered if one.status < 300}
    return routes - reached


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    whole = schema.get("type") == "integer" and text.isdecimal()
    return int(text) if whole else {"true": True, "false": False}.get(text, text)


def _with_absolute_references(schema: Any) -> Any:
    """The schema as if it stood where it was taken from; the mapping of a discriminator has references too."""
    if isinstance(schema, str):
        return f"{URN}{schema}" if schema.startswith("#/components/") else schema
    if isinstance(schema, list):
        return [_with_absolute_references(item) for item in schema]
    if isinstance(schema, dict):
        return {key: _with_absolute_references(value) for key, value in schema.items()}
    return schema
