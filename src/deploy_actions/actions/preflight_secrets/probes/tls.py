"""Shows a client certificate to a server, in the handshake of TLS."""

from typing import Self

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.declare import optional, required
from deploy_actions.core.input_types import NotOfType, SecretNames
from deploy_actions.core.secret import Secret


class KeyName(SecretNames):
    """The name of the one secret that holds a key."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        names = super().parse(text)
        if len(names) > 1:
            raise NotOfType("names more than one secret, and there is one key")
        return names


class TlsProbe(Probe, frozen=True):
    """A handshake, and nothing after it."""

    address: HostAndPort = required("The server, as in `api.example:443`.")
    key_secret: KeyName = optional("", "The secret that holds the private key, if it is not in the same secret.")
    authorities_secret: SecretNames = optional(
        "", "The secret or variable that holds the certificates, in PEM, which the server's must chain to."
    )

    @property
    def needs(self) -> tuple[str, ...]:
        """See `Probe.needs`."""
        return (*self.key_secret, *self.authorities_secret)

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        keys = [worlds.companions[name] for name in self.key_secret]
        authorities = [worlds.companions[name].reveal() for name in self.authorities_secret]
        worlds.tls.authenticate(
            self.address,
            certificate=secret,
            key=keys[0] if keys else secret,
            authorities="\n".join(authorities) or None,
        )
        return Answer(str(self.address))
