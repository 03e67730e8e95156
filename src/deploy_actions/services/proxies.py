"""Which proxy leads to an address: the environment's, as every client of the field reads it."""

import re
from collections.abc import Mapping

_HOST = re.compile(r"https://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)", re.IGNORECASE)


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy of `https_proxy` for https, unless `no_proxy` names the host or a domain above it; None for http.

    Through a proxy https is a tunnel: it sees the host's name and nothing else. Plain http it could read, and only this
    very host is asked so.
    """
    proxy = environ.get("https_proxy") or environ.get("HTTPS_PROXY")
    found = _HOST.match(url)
    if not proxy or not found:
        return None
    host = found[1].lower().strip("[]")
    excepted = (environ.get("no_proxy") or environ.get("NO_PROXY") or "").lower()
    names = [name.strip().removeprefix("*.").removeprefix(".").strip("[]") for name in excepted.split(",")]
    if any(_covers(name, host) for name in names if name):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _covers(name: str, host: str) -> bool:
    return name in ("*", host) or host.endswith(f".{name}")
