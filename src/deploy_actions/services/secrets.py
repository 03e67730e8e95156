"""The secret values handed to this step: variables of their own names, or a reusable workflow's numbered slots."""

import hmac
import os

from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType, SecretNames
from deploy_actions.core.ports import Secrets
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.core.world import World

SLOT_NAMES = "DEPLOY_ACTIONS_SECRET_NAMES"
"""JSON list of the names whose values stand in the slots, in order."""

SLOT_PREFIX = "DEPLOY_ACTIONS_SECRET_"
SLOTS = 12
"""How many slots `production-deploy.yml` has: YAML knows no variable keys, so each is written out there."""


class EnvironmentSecrets:
    """Values from the environment. Each is made known to the redactor before anything else sees it."""

    def __init__(self, world: World, slots: dict[str, str]) -> None:
        self._world = world
        self._slots = slots
        self._key = os.urandom(32)

    def value(self, name: str) -> Secret | None:
        """The value under this name, from its slot if it has one. Raises Malformed when it is not UTF-8."""
        text = self._world.environ.get(self._slots.get(name, name), "")
        self._world.redactor.add(name, text)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Malformed("the environment", f"reading {name}", "the value is not UTF-8 text") from None
        return Secret(text) if text else None

    def fingerprint(self, value: Secret) -> str:
        """See `ports.Secrets`. The key is random and kept nowhere."""
        return hmac.new(self._key, value.reveal().encode(), "sha256").hexdigest()[:16]

    def slot_names(self) -> tuple[str, ...]:
        """The names in the slots."""
        return tuple(self._slots)


def connect(world: World) -> Secrets:
    """The secrets of this process. Raises InvalidInput for a list of slots that is wrong or too long."""
    names = _slot_names(world.environ.get(SLOT_NAMES, ""))
    slots = {name: f"{SLOT_PREFIX}{number}" for number, name in enumerate(names, start=1)}
    connected = EnvironmentSecrets(world, slots)
    for name, variable in slots.items():
        world.redactor.add(name, world.environ.get(variable, ""))
    return connected


def _slot_names(listed: str) -> tuple[str, ...]:
    try:
        names = SecretNames.parse(listed)
    except NotOfType as error:
        raise InvalidInput("secrets", f"{error}.") from None
    if len(names) > SLOTS:
        raise InvalidInput("secrets", f"names {len(names)} secrets, but the workflow hands over {SLOTS} at most.")
    return names
