"""Data source names: addresses of databases and brokers with a user and a password inside."""

import re

import msgspec

from deploy_actions.credentials.credential import Credential, Kind, Part, Unreadable, part
from deploy_actions.credentials.placeholders import placeholder
from deploy_actions.credentials.reading import percent_decoded, query_fields, url_parts

_HOST = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|%2[Ff][A-Za-z0-9._%-]+|[A-Za-z0-9._-]+(?:\\[A-Za-z0-9_$]+)?)(?::([0-9]{1,5}))?"
)
_HERE = re.compile(r"(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?", re.IGNORECASE)
_LARGEST_PORT = 65_535
_QUERY_OF_PASSWORDS = ("postgres", "postgresql")
_WITHOUT_USER = ("redis", "valkey", "keydb", "sentinel")
_SOCKETS = ("host", "unix_socket", "unix_sock")
_OF_GITHUB = "x-oauth-basic"
"""What stands in the place of the password where the user is a token of GitHub."""


class _Address(msgspec.Struct, frozen=True):
    """`login` is what stands before the `@`. `fields` are those of the query, or the properties behind a `;`."""

    scheme: str
    login: str
    hosts: str
    fields: dict[str, str]

    @property
    def is_web(self) -> bool:
        """An address of a page or a repository."""
        return self.scheme in ("http", "https")


def recognises(value: str) -> bool:
    """An address with a user and a password, before the host or, of databases, behind it."""
    address = _address(value) if "://" in value and not re.search(r"\s", value) else None
    return address is not None and (":" in address.login or "password" in address.fields)


def read(value: str) -> Credential:
    """Scheme, host, user and password are there. Raises Unreadable."""
    address = _address(value)
    if address is None:
        raise Unreadable("it is no address `scheme://user:password@host`")
    raw_user, _, raw = address.login.partition(":")
    user = percent_decoded(raw_user) or address.fields.get("user", "")
    password = percent_decoded(raw) or address.fields.get("password", "")
    _check_hosts(address)
    if not password:
        raise Unreadable("it names no password")
    if not user and not address.scheme.startswith(_WITHOUT_USER):
        raise Unreadable("it names no user")
    what = placeholder(password)
    return Credential(
        kind=f"DSN ({address.scheme})",
        subject=f"{user}@{address.hosts}" if user and not address.is_web else address.hosts,
        weaknesses=(f"its password is {what}",) if what else (),
        concerns=tuple(_concerns(address)),
        parts=tuple(_parts(raw, password)) + ((part("its user", user),) if password == _OF_GITHUB else ()),
    )


def _address(value: str) -> _Address | None:
    """JDBC and PostgreSQL take user and password from the query too; SQL Server has properties behind a `;`."""
    plain = value.removeprefix("jdbc:")
    properties = ""
    if plain != value and plain.startswith("sqlserver:"):
        plain, _, properties = plain.partition(";")
    parts = url_parts(plain)
    if parts is None:
        return None
    scheme, authority, _path, query = parts
    login, _, hosts = authority.rpartition("@")
    fields = query_fields(query) | _properties(properties)
    if plain == value and scheme.partition("+")[0] not in _QUERY_OF_PASSWORDS:
        fields = {name: text for name, text in fields.items() if name != "password"}
    return _Address(scheme, login, hosts, fields)


def _properties(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(";"))
    return {name.strip().lower(): stated for name, equals, stated in pairs if equals}


def _check_hosts(address: _Address) -> None:
    if not address.hosts and any(address.fields.get(name) for name in _SOCKETS):
        return
    for host in address.hosts.split(","):
        found = _HOST.fullmatch(host)
        if not found:
            raise Unreadable("it names no host, or its password holds a character that must be written `%..`")
        if found[2] and not 0 < int(found[2]) <= _LARGEST_PORT:
            raise Unreadable("its port is not between 1 and 65535")


def _concerns(address: _Address) -> list[str]:
    concerns = []
    if any(_HERE.fullmatch(host) for host in address.hosts.split(",")):
        concerns.append("its host is the runner itself, as in development")
    if address.fields.get("sslmode") in ("disable", "allow") or address.scheme == "http":
        concerns.append("it sends its password without TLS")
    return concerns


def _parts(raw: str, password: str) -> list[Part]:
    """As it stands in the address, and decoded where that differs."""
    decoded = [part("its password, decoded" if raw else "its password", password)] if password != raw else []
    return [*([part("its password", raw)] if raw else []), *decoded]


KIND = Kind(
    name="dsn",
    title="Data source name (`scheme://user:password@host`)",
    checked=(
        "scheme, host, port, user and password are there; a placeholder as password fails; no TLS and a local host warn"
    ),
    not_checked="whether the server accepts it (see `probe: postgres` and `probe: redis`)",
    source="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS",
    recognises=recognises,
    read=read,
)
