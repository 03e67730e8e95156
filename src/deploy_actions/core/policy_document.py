"""Reads a policy that people write in YAML into its form, and gives the JSON Schema of that form.

A form is made of msgspec's structs; besides their own types it may hold any input type that is no struct itself
(`parse` and `expects`), such as `Span`.
"""

from typing import Any, TypeVar

import msgspec

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import Files
from deploy_actions.core.service_errors import NotFound

T = TypeVar("T")


def read(files: Files, path: str, form: type[T], *, input_name: str) -> T | None:
    """The policy in a file; None where there is no such file.

    Raises InvalidInput that names the input, the file and what is wrong; ServiceError.
    """
    try:
        return parsed(files.read(path).decode(), form)
    except NotFound:
        return None
    except UnicodeDecodeError:
        raise InvalidInput(input_name, f"names the file {path}, which is not UTF-8 text.") from None
    except NotOfType as error:
        raise InvalidInput(input_name, f"names the file {path}, which {error}.") from None


def parsed(text: str, form: type[T]) -> T:
    """The policy. Raises NotOfType that says where it is wrong, as in `$.environments.production.primary`."""
    from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

    try:
        document = load(text)
        _refuse_nulls(document, "$")
        return msgspec.convert(document, form, strict=False, dec_hook=_parsed)
    except msgspec.ValidationError as error:
        raise NotOfType(f"is no such policy: {error}") from None
    except (RecursionError, UnicodeEncodeError):
        raise NotOfType("is no such policy: it cannot be read") from None


def schema(form: type) -> dict[str, Any]:
    """The JSON Schema of a form, 2020-12."""
    return msgspec.json.schema(form, schema_hook=_schema)


def _refuse_nulls(part: Any, place: str) -> None:
    """A `null` would be taken for a rule that is left out, and would look like one that is there."""
    if isinstance(part, list):
        for one in part:
            _refuse_nulls(one, place)
    for name, value in part.items() if isinstance(part, dict) else ():
        if isinstance(value, str) and value.casefold() == "null":
            raise NotOfType(f"is no such policy: `null` at `{place}.{name}`; leave it out, or give it a value")
        _refuse_nulls(value, f"{place}.{name}")


def _parsed(kind: type, value: object) -> Any:
    """The value of an input type. msgspec adds where it stands."""
    if not isinstance(value, str):
        raise NotOfType(f"is not {kind.expects}")  # type: ignore[attr-defined]  # an input type
    return kind.parse(value)  # type: ignore[attr-defined]  # an input type


def _schema(kind: type) -> dict[str, Any]:
    return {"type": "string", "description": str(kind.expects)}  # type: ignore[attr-defined]  # an input type
