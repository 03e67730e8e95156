"""What stands around the deployed service in a scenario: Prometheus, and further instances of it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from deploy_actions.rehearsal.emulators.instances import Instance, InstanceEmulator, Instances
from deploy_actions.rehearsal.emulators.prometheus import Prometheus, PrometheusEmulator
from deploy_actions.rehearsal.production import BEFORE, Production


@contextmanager
def prometheus(server: Prometheus, host: Production | None) -> Iterator[str]:
    """The address of a running emulator, which looks at the host whether the deploy has happened."""
    with PrometheusEmulator(server, (lambda: host.chosen_version() != BEFORE) if host else None) as emulator:
        yield emulator.url


@contextmanager
def instances(wanted: Instances, host: Production) -> Iterator[str]:
    """The addresses of running instances, as a JSON list, the stale ones last."""
    each = [Instance(host.chosen_version)] * wanted.current + [Instance(lambda: BEFORE)] * wanted.stale
    with ExitStack() as stack:
        yield json.dumps([stack.enter_context(InstanceEmulator(one)).address for one in each])
