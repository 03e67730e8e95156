"""Logs in at PostgreSQL or Redis with the DSN in the secret, and leaves."""

import re

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.declare import required
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.credentials.reading import url_parts

_HOST = re.compile(r"(?:\[([^\[\]]+)\]|([^\[\]:]+))(?::([0-9]{1,5}))?")
_ADDRESS = "The server that the secret must name, as in `db.example:5432`: it is sent to no other."


class PostgresProbe(Probe, frozen=True):
    """Authenticates and closes."""

    address: HostAndPort = required(_ADDRESS)

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        _refuse_another(secret, self.address, default_port=5432)
        worlds.postgres.authenticate(secret)
        return Answer(str(self.address))


class RedisProbe(Probe, frozen=True):
    """Authenticates, says PING, and closes."""

    address: HostAndPort = required(_ADDRESS)

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        _refuse_another(secret, self.address, default_port=6379)
        worlds.redis.authenticate(secret)
        return Answer(str(self.address))


def _refuse_another(secret: Secret, address: HostAndPort, *, default_port: int) -> None:
    """A credential goes to no host that the manifest does not name."""
    parts = url_parts(secret.reveal().strip())
    named = parts[1].rpartition("@")[2] if parts else ""
    host, port = _host_and_port(named, default_port)
    if (host.lower(), port) != (address.host.lower(), address.port):
        raise Malformed(str(address), "comparing addresses", "the secret names another server than the manifest does")


def _host_and_port(named: str, default_port: int) -> tuple[str, int]:
    found = _HOST.fullmatch(named)
    return (found[1] or found[2], int(found[3] or default_port)) if found else ("", 0)
