"""Opens connections: resolves at each try, connects, goes through a proxy, shakes hands."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from deploy_actions.clients.rest import basic
from deploy_actions.core.addresses import Address
from deploy_actions.core.secret import Secret
from deploy_actions.services.probing.failures import Ours, Stage, says_nothing

_RESOLVED_SIDE_BY_SIDE = 32
_OK = 200


class Trust(msgspec.Struct, frozen=True):
    """Whom to trust, under which name, and what to offer."""

    host: str
    authorities: str | None = None
    protocol: str | None = None


class Connection(msgspec.Struct, frozen=True):
    """An open connection; `protocol` is what ALPN chose, `certificate_ends` is known where there is TLS."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: str | None = None
    certificate_ends: datetime | None = None


class Dialler:
    """Opens connections for one attempt, which is over at `end`, a time of the loop; `stage` says how far it is.

    Raises OSError, Ours and what asyncio raises.
    """

    def __init__(self, contexts: "Contexts", resolving: asyncio.Semaphore, end: float) -> None:
        self._end = end
        self._contexts = contexts
        self._resolving = resolving
        self.stage = Stage.RESOLVING

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name, in the resolver's order, each once."""
        with suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        self.stage = Stage.RESOLVING
        async with self._resolving:
            return await _resolved(host, port)

    @asynccontextmanager
    async def connection(
        self, address: Address, trust: Trust | None = None, proxy: str | None = None
    ) -> AsyncIterator[Connection]:
        """A connection, closed in the end whatever happened."""
        reader, writer = await self._through(proxy, address) if proxy else await self._direct(address, Stage.CONNECTING)
        try:
            yield await self._secured(reader, writer, trust) if trust else Connection(reader, writer)
        finally:
            writer.transport.abort()

    async def _direct(self, address: Address, stage: Stage) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the first address that answers; none may use up the time of those after it.

        What tells of the target outranks what does not, where no address answers.
        """
        found = await self.addresses(address.host, address.port)
        self.stage = stage
        errors: list[OSError] = []
        for waiting, host in zip(range(len(found), 0, -1), found, strict=True):
            now = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout_at(now + (self._end - now) / waiting):
                    return await asyncio.open_connection(host, address.port)
            except OSError as error:
                errors.append(error)
        raise next((error for error in errors if not says_nothing(error)), errors[-1])

    async def _through(self, proxy: str, address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A tunnel (RFC 9110, section 9.3.6). Whatever fails at the proxy says nothing about the target."""
        where = urlsplit(proxy)
        try:
            port = where.port or (443 if where.scheme == "https" else 80)
            reader, writer = await self._direct(Address(where.hostname or "", port), Stage.REACHING_PROXY)
        except (OSError, ValueError):
            raise Ours("the proxy cannot be reached") from None
        try:
            if where.scheme == "https":
                await writer.start_tls(self._contexts.of(Trust(where.hostname or "")), server_hostname=where.hostname)
            self.stage = Stage.TUNNELLING
            lines = [f"CONNECT {address} HTTP/1.1", f"Host: {address}"]
            if where.username:
                login = basic(unquote(where.username), Secret(unquote(where.password or "")))
                lines.append(f"Proxy-Authorization: Basic {login.reveal()}")
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
        except (OSError, EOFError, ValueError, IndexError, asyncio.LimitOverrunError):
            writer.transport.abort()
            raise Ours("the proxy does not speak as a proxy does") from None
        except BaseException:  # the time is over
            writer.transport.abort()
            raise
        if status != _OK:
            writer.transport.abort()
            raise Ours(f"the proxy answered {status}")
        return reader, writer

    async def _secured(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trust: Trust) -> Connection:
        self.stage = Stage.SECURING
        await writer.start_tls(self._contexts.of(trust), server_hostname=trust.host)
        tls: Any = writer.get_extra_info("ssl_object")
        certificate: Any = tls.getpeercert() or {}
        ends = certificate.get("notAfter")
        at = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None
        return Connection(reader, writer, tls.selected_alpn_protocol(), at)


class Contexts:
    """TLS settings by whom to trust and what to offer: reading the host's authorities costs 20 ms."""

    def __init__(self) -> None:
        self._made: dict[tuple[str | None, str | None], ssl.SSLContext] = {}

    def of(self, trust: Trust) -> ssl.SSLContext:
        """The settings. Raises Ours for authorities that are no certificates."""
        key = (trust.authorities, trust.protocol)
        if key not in self._made:
            context = ssl.create_default_context()
            try:
                if trust.authorities is not None:
                    context.load_verify_locations(cadata=trust.authorities)
            except (ssl.SSLError, ValueError, TypeError):
                raise Ours("the authorities hold no certificate in PEM that can be read") from None
            if trust.protocol:  # a strict server hangs up on an offer that it does not know
                context.set_alpn_protocols([trust.protocol])
            self._made[key] = context
        return self._made[key]


async def _resolved(host: str, port: int) -> list[str]:
    """Asks the resolver in a thread that keeps nobody from ending: a resolver may hang for minutes."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[str]] = loop.create_future()

    def settle(error: Exception | None, found: list[str]) -> None:
        if future.done():
            return
        if error:
            future.set_exception(error)
        else:
            future.set_result(found)

    def ask() -> None:
        error: Exception | None = None
        found: list[str] = []
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except UnicodeError:
            error = socket.gaierror(socket.EAI_NONAME, "no host name")
        except OSError as failure:
            error = failure
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, error, found)

    Thread(target=ask, daemon=True).start()
    return await future


def resolving_limit() -> asyncio.Semaphore:
    """How many names are resolved at a time, a thread each."""
    return asyncio.Semaphore(_RESOLVED_SIDE_BY_SIDE)
