"""The sample product's production host, for real on loopback, with a version live before the deploy."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy_actions.rehearsal.github_world import sha_of
from deploy_actions.rehearsal.product import SAMPLE
from deploy_actions.rehearsal.scenario import ScenarioError

BEFORE = sha_of(1)[:12]
"""The version that is live before the deploy: the first commit, as the sample product names it."""

_READY_WITHIN_SECONDS = 10


class Production:
    """The host's address, and what is live there."""

    def __init__(self, url: str) -> None:
        self.url = url

    def live_version(self) -> str | None:
        """The version that the live service itself names."""
        live = _json(f"{self.url}/live")
        return str(_json(f"{live['url']}/version")["version"]) if live["url"] else None

    def chosen_version(self) -> str | None:
        """The version that the host let take over, asked of the host alone."""
        return _json(f"{self.url}/live")["version"]

    def release(self, token: str, configuration: Mapping[str, str]) -> None:
        """Puts the version before live."""
        source = (SAMPLE / "service.py").read_text()
        body = json.dumps({"version": BEFORE, "source": source, "configuration": dict(configuration)}).encode()
        request = urllib.request.Request(f"{self.url}/releases", body, {"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=_READY_WITHIN_SECONDS):
            pass


@contextmanager
def production(folder: Path, token: str) -> Iterator[Production]:
    """A running host with its files in `folder`. Raises ScenarioError when it does not start."""
    folder.mkdir()
    port_file = folder / "port"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-I", str(SAMPLE / "host.py"), "--releases", str(folder), "--port-file", str(port_file)],
            env={"PATH": os.environ.get("PATH", os.defpath), "DEPLOY_TOKEN": token, "HOME": str(folder)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        host = Production(f"http://127.0.0.1:{_port(port_file, process)}")
        host.release(token, {"SERVICE_JWT": "before", "TLS_CERTIFICATE": "before"})
        yield host
    finally:
        process.terminate()
        process.wait()


def _port(file: Path, process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if file.exists():
            return int(file.read_text())
        time.sleep(0.02)
    raise ScenarioError("The sample product's host did not start.")


def _json(url: str) -> dict[str, str]:
    """What is answered, also by a service that is not well."""
    try:
        with urllib.request.urlopen(url, timeout=_READY_WITHIN_SECONDS) as response:
            document: dict[str, str] = json.load(response)
    except urllib.error.HTTPError as error:
        document = json.load(error)
    return document
