"""Reads the address of a server with a user and a password inside."""

from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from deploy_actions.core.addresses import Address
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

_LAST_CONTROL_CHARACTER = " "


class Login(msgspec.Struct, frozen=True):
    """What the address of a server with a user and a password says. `user` may be empty; `options` are the query's."""

    scheme: str
    address: Address
    user: str
    password: str
    path: str
    options: dict[str, str]


def read_login(dsn: Secret, schemes: tuple[str, ...], port: int) -> Login:
    """The parts of `scheme://user:password@host:port/path?options`, percent-decoded. Raises Malformed."""
    text = dsn.reveal()
    try:
        parts = urlsplit(text)
        options = {name: values[-1] for name, values in parse_qs(parts.query, errors="strict").items()}
        # urlsplit takes line breaks out of a password without a word
        if parts.scheme not in schemes or parts.fragment or min(text) <= _LAST_CONTROL_CHARACTER:
            raise ValueError
        address = Address(parts.hostname or "", port if parts.port is None else parts.port)
        user, password, path = (
            unquote(part, errors="strict") for part in (parts.username or "", parts.password or "", parts.path[1:])
        )
    except ValueError:
        raise no_address(f"it is no {schemes[0]} address, or a character in it must be written `%..`") from None
    password = password or options.get("password", "")
    if not password:
        raise no_address("it names no password")
    return Login(parts.scheme, address, user or options.get("user", ""), password, path, options)


def no_address(cause: str) -> Malformed:
    """The error for an address that is none."""
    return Malformed("the server", "reading its address", cause)
