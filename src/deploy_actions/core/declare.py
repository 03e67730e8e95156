"""Declares an action's inputs and outputs; environment, flags, `action.yml`, docs and schema all come from here."""

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Any, Self, get_args, get_type_hints

import msgspec

from deploy_actions.core.input_types import NotOfType, parse_as
from deploy_actions.core.secret import Secret


class InvalidInput(Exception):
    """An input that was not given, not known, or not of its type. `problem` never quotes the value."""

    def __init__(self, input_name: str, problem: str) -> None:
        super().__init__(f"{input_name}: {problem}")
        self.input_name = input_name
        self.problem = problem


class _Declared(msgspec.Struct, frozen=True):
    description: str
    default: str | None = None
    required: bool = False
    shown: bool = True


def required(description: str) -> Any:
    """An input that must be given."""
    return _Declared(description, required=True)


def optional(default: str, description: str) -> Any:
    """An input with a default: the very text that `action.yml` shows, read like any given text. Empty means none."""
    return _Declared(description, default=default)


def output(description: str, *, shown: bool = True) -> Any:
    """An output of an action, None until it is known. Lists are written as JSON, None as an empty text.

    A table that is not `shown` is for machines only.
    """
    return _Declared(description, shown=shown)


class Field(msgspec.Struct, frozen=True):
    """One declared input or output. `name` is in kebab-case; `default` is None for required inputs and outputs.

    `kind` is the type without None; `nullable` says that None is a value too: of an input, where its text is empty.
    """

    name: str
    attribute: str
    kind: Any
    description: str
    default: str | None
    required: bool
    nullable: bool = False
    shown: bool = True

    @property
    def is_secret(self) -> bool:
        """Whether the value must never be shown, nor given as a command-line flag."""
        return self.kind is Secret

    @property
    def variable(self) -> str:
        """The environment variable that carries the input: `min-remaining` in `INPUT_MIN_REMAINING`."""
        return "INPUT_" + self.attribute.upper()


class _DeclaredStruct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """What is declared, in the order written."""
        return _fields_of(cls)


@cache
def _fields_of(declared_by: "type[_DeclaredStruct]") -> tuple[Field, ...]:
    """Read once: evaluating the hints of a class costs a third of a millisecond."""
    hints = get_type_hints(declared_by)
    return tuple(
        Field(
            name=attribute.replace("_", "-"),
            attribute=attribute,
            kind=_without_none(hints[attribute]),
            nullable=NoneType in get_args(hints[attribute]),
            description=declared.description,
            default=declared.default,
            required=declared.required,
            shown=declared.shown,
        )
        for attribute, declared in zip(declared_by.__struct_fields__, declared_by.__struct_defaults__, strict=True)
    )


def _without_none(hint: Any) -> Any:
    """`T` of `T | None`; any other hint as it is."""
    return next(kind for kind in get_args(hint) if kind is not NoneType) if NoneType in get_args(hint) else hint


class Inputs(_DeclaredStruct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of an action's inputs: frozen, typed, read from text."""

    def __post_init__(self) -> None:
        for field in type(self).fields():
            if isinstance(getattr(self, field.attribute), _Declared):
                msgspec.structs.force_setattr(self, field.attribute, _default_of(field))

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Self:
        """The inputs from their texts by kebab-case name; an empty text counts as not given.

        Raises InvalidInput naming the first input that is unknown, missing or not of its type.
        """
        fields = {field.name: field for field in cls.fields()}
        for name in texts.keys() - fields.keys():
            raise InvalidInput(name, f"is not an input of this action, which knows {', '.join(fields)}.")
        given = {name: text for name, text in texts.items() if text}
        for field in fields.values():
            if field.required and field.name not in given:
                raise InvalidInput(field.name, f"is required and was not given, or is empty; {_how_to_give(field)}.")
        return cls(**{fields[name].attribute: _parsed(fields[name], text) for name, text in given.items()})


def _how_to_give(field: Field) -> str:
    """For the command line, where a secret is no flag."""
    flag = "" if field.is_secret else f"`--{field.name}` or "
    return f"outside a workflow give it by {flag}the variable {field.variable}"


def _parsed(field: Field, text: str) -> Any:
    if field.nullable and not text:
        return None
    try:
        return parse_as(field.kind, text)
    except NotOfType as error:
        raise InvalidInput(field.name, f"{error}.") from None


def _default_of(field: Field) -> Any:
    if field.default is None:
        raise TypeError(f"{field.attribute} is required")
    return _parsed(field, field.default)


class Outputs(_DeclaredStruct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of an action's own outputs; `decision`, `reason-code` and `result` are added to every action's."""

    def __post_init__(self) -> None:
        for attribute in self.__struct_fields__:
            if isinstance(getattr(self, attribute), _Declared):
                msgspec.structs.force_setattr(self, attribute, None)

    def values(self) -> dict[str, Any]:
        """The outputs by kebab-case name, ready for JSON: records become mappings."""
        return {name.replace("_", "-"): _ready_for_json(getattr(self, name)) for name in self.__struct_fields__}

    def tables(self) -> "dict[str, tuple[Record, ...]]":
        """Those outputs that are rows of a table, by kebab-case name; empty ones are left out."""
        values = {field.name: getattr(self, field.attribute) for field in type(self).fields()}
        return {name: rows for name, rows in values.items() if rows and _is_table(rows)}

    def shown_tables(self) -> "dict[str, tuple[Record, ...]]":
        """Those tables that people are shown."""
        shown = {field.name for field in type(self).fields() if field.shown}
        return {name: rows for name, rows in self.tables().items() if name in shown}


class Record(Outputs, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a row of an output that is a table: a list of objects in JSON, and a table for people."""


def _is_table(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(row, Record) for row in value)


def _ready_for_json(value: Any) -> Any:
    return [row.values() for row in value] if value and _is_table(value) else value
