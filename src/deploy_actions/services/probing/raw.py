"""What an exchange over an open connection gives: the answer as it came, or in which way it was broken."""

from collections.abc import Iterable

import msgspec


class Raw(msgspec.Struct, frozen=True):
    """An answer of HTTP, whatever its version. Names of headers are in lower case; `is_cut`: the body was longer."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_cut: bool


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name, as they came; those that stand more than once, joined by commas."""
    texts: dict[str, str] = {}
    for octets, value in headers:
        name, text = octets.decode("latin-1"), value.decode("latin-1")
        texts[name] = f"{texts[name]}, {text}" if name in texts else text
    return texts


class Broken(Exception):
    """The other side was reached and did not answer by the rules; `cause` says how, in words that quote none of its."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Unsent(Broken):
    """The request was not sent, because no request can be like that: nothing is known of the other side."""
