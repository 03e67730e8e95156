"""Data source names: addresses of databases and brokers with a user and a password inside."""

import re

from deploy_actions.credentials.credential import Credential, Kind, Part, Unreadable, part
from deploy_actions.credentials.placeholders import placeholder
from deploy_actions.credentials.reading import percent_decoded, query_fields, url_parts

_WITH_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\s]*:[^/?#\s]*@[^\s]*")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_HERE = ("localhost", "127.0.0.1", "[::1]")
_LARGEST_PORT = 65_535


def recognises(value: str) -> bool:
    """An address with a user and a password."""
    return "://" in value and "@" in value and bool(_WITH_PASSWORD.fullmatch(value))


def read(value: str) -> Credential:
    """Scheme, host, user and password are there. Raises Unreadable."""
    parts = url_parts(value.removeprefix("jdbc:"))
    if parts is None:
        raise Unreadable("it is no address `scheme://user:password@host`")
    scheme, authority, _path, query = parts
    login, _, hosts = authority.rpartition("@")
    user, _, password = login.partition(":")
    fields = query_fields(query)
    user, raw = user or fields.get("user", ""), password or fields.get("password", "")
    _check_hosts(hosts)
    if not raw:
        raise Unreadable("it names no password")
    if not user and not scheme.startswith("redis"):
        raise Unreadable("it names no user")
    what = placeholder(percent_decoded(raw))
    return Credential(
        kind=f"{scheme} DSN",
        subject=f"{percent_decoded(user)}@{hosts}" if user else hosts,
        weaknesses=(f"its password is {what}",) if what else (),
        concerns=tuple(_concerns(scheme, hosts, fields)),
        parts=_parts(raw),
    )


def _check_hosts(hosts: str) -> None:
    for host in hosts.split(","):
        found = _HOST.fullmatch(host)
        if not found:
            raise Unreadable("it names no host, or its password holds a character that must be written `%..`")
        if found[2] and not 0 < int(found[2]) <= _LARGEST_PORT:
            raise Unreadable("its port is not between 1 and 65535")


def _concerns(scheme: str, hosts: str, fields: dict[str, str]) -> list[str]:
    concerns = []
    if any(host.lower().startswith(_HERE) for host in hosts.split(",")):
        concerns.append("its host is the runner itself, as in development")
    if fields.get("sslmode") in ("disable", "allow") or scheme == "http":
        concerns.append("it sends its password without TLS")
    return concerns


def _parts(raw: str) -> tuple[Part, ...]:
    decoded = percent_decoded(raw)
    both = (part("its password", raw), part("its password, decoded", decoded))
    return both if decoded != raw else both[:1]


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
