"""A signal that comes while targets are asked is not lost."""

import os
import signal
import threading

import pytest
from tests.servers import plain_server

from deploy_actions.core.probing import HttpProbe
from deploy_actions.core.redact import Redactor
from deploy_actions.core.world import World
from deploy_actions.services.probes import TargetProbes


class _Stop(BaseException):
    pass


def _ended(probes: TargetProbes, timer: threading.Timer) -> None:
    timer.start()
    probes.ended(3)


@pytest.mark.parametrize("milliseconds", [1, 10, 40, 300])
@pytest.mark.parametrize("kind", [_Stop, KeyboardInterrupt])
def test_what_a_signals_handler_raises_comes_out_of_ended(kind: type[BaseException], milliseconds: int) -> None:
    def handler(*_: object) -> None:
        raise kind

    before = signal.signal(signal.SIGTERM, handler)
    probes = TargetProbes(World({}, Redactor(), lambda line: None))
    try:
        with plain_server(None) as address:
            for key in range(300):
                probes.start(key, HttpProbe(url=f"http://{address}/"), 9)
            timer = threading.Timer(milliseconds / 1000, os.kill, (os.getpid(), signal.SIGTERM))
            with pytest.raises(kind):
                _ended(probes, timer)
    finally:
        signal.signal(signal.SIGTERM, before)
        probes.stop()
