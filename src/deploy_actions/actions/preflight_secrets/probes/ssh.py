"""Logs in at an SSH server with a private key, and runs nothing."""

import re

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.declare import required
from deploy_actions.core.secret import Secret
from deploy_actions.core.text_types import Patterned


class HostKey(Patterned):
    """A server's public key on one line."""

    __slots__ = ()
    pattern = re.compile(r"(?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+={0,3}(?: [^\r\n]*)?")
    expects = "a public key on one line, as in `ssh-ed25519 AAAA…`"


class SshProbe(Probe, frozen=True):
    """Key exchange and authentication."""

    address: HostAndPort = required("The server, as in `host.example:22`.")
    user: str = required("The account to log in to.")
    host_key: HostKey = required("The server's public key, as in `ssh-ed25519 AAAA…` (`ssh-keyscan` shows it).")

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        worlds.ssh.authenticate(self.address, user=self.user, key=secret, host_key=self.host_key)
        return Answer(str(self.address))
