"""One instance of a service behind a name: it answers as production does, or has stayed at a version.

Started with `with InstanceEmulator(Instance(host.chosen_version)) as instance`.
"""

from collections.abc import Callable
from http import HTTPStatus

import msgspec

from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

ROUTES: "Routes[Instance]" = Routes()


class Instances(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How many instances there are: those that take each new version, and those that stay at the one before."""

    current: int = 1
    stale: int = 0


class Instance(msgspec.Struct):
    """One of them; `version` says which one it runs now."""

    version: Callable[[], str | None]


class InstanceEmulator(Emulator[Instance]):
    """The instance, which is healthy."""

    routes = ROUTES

    @property
    def address(self) -> str:
        """Host and port."""
        return self.url.removeprefix("http://")


@ROUTES.route("GET", "/healthz")
def get_healthz(_instance: Instance, _request: Request) -> Answer:
    """Always well."""
    return Answer(HTTPStatus.OK, {"healthy": True})


@ROUTES.route("GET", "/version")
def get_version(instance: Instance, _request: Request) -> Answer:
    """The version, in the words of the sample product's service."""
    return Answer(HTTPStatus.OK, {"version": instance.version()})
