"""What every client of a REST API needs: segments of paths, answers in their form, basic authentication."""

from binascii import b2a_base64
from typing import TypeVar

import msgspec

from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

T = TypeVar("T")


def decoded(body: bytes, form: type[T], service: str) -> T:
    """The answer in its form. Raises Malformed."""
    try:
        return msgspec.json.decode(body, type=form)
    except (ValueError, RecursionError):
        raise Malformed(service, "reading its answer", "it has not the documented form") from None


def escaped(segment: str) -> str:
    """A segment of a path, or a value of a query, percent-encoded whole."""
    return "".join(
        character if character.isascii() and (character.isalnum() or character in "-_~") else _percent(character)
        for character in segment
    )


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def basic(user: str, password: Secret) -> Secret:
    """User and password as basic authentication sends them (RFC 7617)."""
    return Secret(b2a_base64(f"{user}:{password.reveal()}".encode(), newline=False).decode())
