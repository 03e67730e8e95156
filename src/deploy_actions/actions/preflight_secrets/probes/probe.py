"""What a probe is, what it may touch, and what it answers."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from deploy_actions.core.declare import Inputs
from deploy_actions.core.ports import Clock, Http, Masks, Postgres, Redis, Ssh, Tls
from deploy_actions.core.secret import Secret


class Worlds(msgspec.Struct, frozen=True, kw_only=True):
    """The outside worlds that probes may touch, and the other secrets that a probe named, by name."""

    http: Http
    tls: Tls
    ssh: Ssh
    postgres: Postgres
    redis: Redis
    masks: Masks
    clock: Clock
    companions: Mapping[str, Secret] = {}


class Answer(msgspec.Struct, frozen=True):
    """A service took the credential. `expires` is what it said of the end; `concerns` are worth a warning."""

    where: str
    expires: datetime | None = None
    concerns: tuple[str, ...] = ()


class Probe(Inputs, frozen=True):
    """Base of a probe: its settings are declared like an action's inputs."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of other secrets that the probe needs."""
        return ()

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """Asks the service once. Raises `Refused` when it does not take the credential, else any ServiceError."""
        raise NotImplementedError
