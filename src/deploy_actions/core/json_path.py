"""Paths to values in a JSON document (RFC 9535), and values as texts."""

from typing import Self

import msgspec

from deploy_actions.core.input_types import NotOfType


class JsonPath(str):
    """A path to values in a JSON document (RFC 9535)."""

    __slots__ = ()
    expects = "a JSON path (RFC 9535), as in `$.status`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        import jsonpath

        try:
            jsonpath.compile(text)
        except (jsonpath.JSONPathError, RecursionError, ValueError):
            raise NotOfType("is no JSON path (RFC 9535), as in `$.status`") from None
        return cls(text)


def values_at(path: str, document: object) -> list[object]:
    """The values that a JSON path (RFC 9535) leads to; none where the document is not so."""
    from jsonpath import JSONPathError, findall  # 60 ms, which only who looks into JSON pays for

    if not isinstance(document, (dict, list)):  # a text would be read as JSON once more
        return [document] if path.strip() == "$" else []
    try:
        return list(findall(path, document))
    except (JSONPathError, TypeError, RecursionError):
        return []


def text_at(path: str, body: bytes) -> str:
    """The one value that the path leads to in a body of JSON, as a text; empty where there is none, or several."""
    try:
        values = values_at(path, msgspec.json.decode(body))
    except (msgspec.DecodeError, RecursionError):
        return ""
    return shown(values[0]) if len(values) == 1 else ""


def shown(value: object) -> str:
    """A value as JSON shows it, a text without its quotes."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
