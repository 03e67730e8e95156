"""Asks over HTTP: one address or every instance, by HTTP/1.1 or 2, following redirects to the same host only."""

import asyncio
import time
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from deploy_actions import __version__
from deploy_actions.core.addresses import Address
from deploy_actions.core.probing import Answer, HttpProbe, NoAnswer
from deploy_actions.services.probing.dialling import Connection, Dialler, Trust
from deploy_actions.services.probing.failures import Stage, no_answer
from deploy_actions.services.probing.raw import Broken, Raw
from deploy_actions.services.proxies import proxy_for

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_LONGEST_HOST = 100


class Asker(msgspec.Struct, frozen=True):
    """Makes HTTP probes; `dialler` gives each instance one of its own, `excerpt` what may be shown of a body."""

    dialler: Callable[[float], Dialler]
    environ: Mapping[str, str]
    excerpt: Callable[[bytes], str]

    async def ask(self, probe: HttpProbe, end: float) -> Mapping[str, Answer | NoAnswer]:
        """The answers by instance, each there at `end`, a time of the loop, at the latest."""
        instances: tuple[Address | None, ...] = probe.instances or (None,)
        if probe.every_address and not probe.instances:
            where, dialler = urlsplit(probe.url), self.dialler(end)
            try:
                async with asyncio.timeout_at(end):
                    found = await dialler.addresses(where.hostname or "", _port(where))
            except Exception as error:  # an attempt that raised would never end
                return {"": no_answer(error, dialler.stage)}
            instances = tuple(Address(one, _port(where)) for one in found)
        answers = await asyncio.gather(*(self._instance(probe, one, end) for one in instances))
        return {str(one or ""): answer for one, answer in zip(instances, answers, strict=True)}

    async def _instance(self, probe: HttpProbe, instance: Address | None, end: float) -> Answer | NoAnswer:
        dialler = self.dialler(end)
        started = time.perf_counter()
        try:
            async with asyncio.timeout_at(end):
                raw, connection = await self._followed(dialler, probe, instance)
        except Exception as error:  # whatever a hostile server brings about is its answer
            return no_answer(error, dialler.stage)
        return Answer(
            seconds=time.perf_counter() - started,
            status=raw.status,
            headers=raw.headers,
            body=raw.body,
            is_cut=raw.is_cut,
            excerpt="" if probe.secret_headers else self.excerpt(raw.body),
            certificate_ends=connection.certificate_ends,
        )

    async def _followed(self, dialler: Dialler, probe: HttpProbe, instance: Address | None) -> tuple[Raw, Connection]:
        """The last answer of a chain of redirects; without any to be followed, the first."""
        left = probe.redirects
        while True:
            raw, connection = await self._once(dialler, probe, instance)
            if raw.status not in _REDIRECTS or not probe.redirects or "location" not in raw.headers:
                return raw, connection
            if not left:
                raise Broken(f"it was redirected more than {probe.redirects} times")
            left -= 1
            before, probe = probe, _redirected(probe, raw)
            port = _port(urlsplit(probe.url))
            if instance and port != _port(urlsplit(before.url)):  # else the instance's own port stays
                instance = Address(instance.host, port)

    async def _once(self, dialler: Dialler, probe: HttpProbe, instance: Address | None) -> tuple[Raw, Connection]:
        where = urlsplit(probe.url)
        host = where.hostname or ""
        address = instance or Address(host, _port(where))
        protocol = "h2" if probe.version == "2" else "http/1.1"
        trust = Trust(host, probe.authorities, protocol) if where.scheme == "https" else None
        proxy = None if instance else proxy_for(probe.url, self.environ)
        async with dialler.connection(address, trust, proxy) as connection:
            dialler.stage = Stage.ASKING
            if protocol == "h2" and trust and connection.protocol != protocol:
                raise Broken("the server speaks no HTTP/2")
            if protocol == "h2":
                from deploy_actions.services.probing.http2 import exchange  # h2, 30 ms, which only HTTP/2 pays for
            else:
                from deploy_actions.services.probing.http1 import exchange
            return await exchange(connection.reader, connection.writer, probe, _headers(probe, where)), connection


def _headers(probe: HttpProbe, where: SplitResult) -> list[tuple[str, str]]:
    given = {**probe.headers, **{name: words + value.reveal() for name, (words, value) in probe.secret_headers.items()}}
    names = {name.lower() for name in given}
    own = {
        "Host": where.netloc.rpartition("@")[2],
        "User-Agent": f"deploy-actions/{__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    return [*((name, text) for name, text in own.items() if name.lower() not in names), *given.items()]


def _redirected(probe: HttpProbe, raw: Raw) -> HttpProbe:
    """The request that a redirect asks for: of the same host, never from TLS to plain text. Raises Broken."""
    before = urlsplit(probe.url)
    try:
        url = urljoin(probe.url, raw.headers["location"])
        after = urlsplit(url)
        is_same = after.hostname == before.hostname and (
            (after.scheme, _port(after)) == (before.scheme, _port(before))
            or (before.scheme, after.scheme) == ("http", "https")
        )
    except (KeyError, ValueError):
        raise Broken("it was redirected to what is no address") from None
    if not url.isascii() or not url.isprintable() or " " in url:
        raise Broken("it was redirected to what is no address")
    if not is_same:
        host = "".join(character for character in after.hostname or "" if character.isalnum() or character in ".-:")
        raise Broken(f"it was redirected to {host[:_LONGEST_HOST] or 'nowhere'}, which is not followed")
    keeps = raw.status in (307, 308) or probe.method in ("GET", "HEAD")
    if keeps:
        return msgspec.structs.replace(probe, url=url)
    return msgspec.structs.replace(probe, url=url, method="GET", body=None)


def _port(where: SplitResult) -> int:
    return where.port or _PORTS[where.scheme]
