"""What the health of a target is asked with, and what comes back: the questions and answers of the port `Probes`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from deploy_actions.core.addresses import Address
from deploy_actions.core.secret import Secret

MOST_BODY_BYTES = 1024 * 1024
"""As much of a body, or of what a command prints, as is read; `Answer.is_cut` says that there was more."""

MOST_EXCERPT_CHARACTERS = 200


class HttpProbe(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request. Credentials go in `secret_headers`, by header name, each with the words before it.

    `redirects` is how many are followed, to the same host name only. `version` 2 takes TLS with ALPN `h2`, or prior
    knowledge without TLS. `instances` are asked one by one in place of the address that the name has, with the URL's
    host as `Host` and as the name in the certificate; `every_address` asks all those that the name resolves to.
    `authorities` are PEM certificates that the server's may chain to, besides those of this host.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    secret_headers: Mapping[str, tuple[str, Secret]] = {}
    body: bytes | None = None
    redirects: int = 0
    version: Literal["1.1", "2"] = "1.1"
    instances: tuple[Address, ...] = ()
    every_address: bool = False
    authorities: str | None = None


class TcpProbe(msgspec.Struct, frozen=True):
    """A connection that is opened and closed."""

    address: Address


class TlsProbe(msgspec.Struct, frozen=True):
    """A handshake: the certificate must chain to the host's authorities or `authorities`, and name the host."""

    address: Address
    authorities: str | None = None


class DnsProbe(msgspec.Struct, frozen=True):
    """A question to this host's resolver for all addresses of a name."""

    host: str


class GrpcProbe(msgspec.Struct, frozen=True):
    """`grpc.health.v1.Health/Check` for a service; an empty name asks for the server as a whole."""

    address: Address
    service: str = ""
    tls: bool = True
    authorities: str | None = None


class CommandProbe(msgspec.Struct, frozen=True, kw_only=True):
    """A program, started without a shell in `directory`, with `secrets` and the named `variables` as environment.

    A variable's name that ends in `*` is a prefix. What it prints is kept and shown nowhere.
    """

    command: tuple[str, ...]
    directory: str = "."
    variables: tuple[str, ...] = ()
    secrets: Mapping[str, Secret] = {}


Probe = HttpProbe | TcpProbe | TlsProbe | DnsProbe | GrpcProbe | CommandProbe


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a target said.

    `seconds` from the first packet (or the start of the program) to the end of the answer. `status` is that of HTTP,
    the `ServingStatus` of gRPC (1 is SERVING), or a program's exit code. `headers` have lower-case names. `body` is the
    HTTP body, or what a program printed to standard output. `excerpt` is the start of the body, redacted, in one line
    and without control characters; empty where the request sent a credential. `addresses` are those a name resolved to.
    `certificate_ends` is when the server's certificate expires.
    """

    seconds: float
    status: int = 0
    headers: Mapping[str, str] = {}
    body: bytes = b""
    is_cut: bool = False
    excerpt: str = ""
    addresses: tuple[str, ...] = ()
    certificate_ends: datetime | None = None


class NoAnswer(msgspec.Struct, frozen=True):
    """Why there is no answer, in words that name no value.

    `is_ours`: the question could not be put (no resolver, no route, no proxy, no such program, no file handle), so that
    nothing is known of the target. Else it is the target that does not answer as it should.
    """

    cause: str
    is_ours: bool = False


class Ended(msgspec.Struct, frozen=True):
    """An attempt that is over: the answers by instance (an address as text); the empty name where there are none."""

    key: int
    seconds: float
    outcomes: Mapping[str, Answer | NoAnswer]
