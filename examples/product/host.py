"""The host that production runs on: takes a release, starts it, and lets it take over only once it is healthy.

    DEPLOY_TOKEN=… python3 host.py --releases DIR --port-file FILE

`POST /releases` with the token and `{"version", "source", "configuration"}`; without `source` a version that was live
before comes back. `GET /live` gives the live version. Every other GET is passed on to the live release: this is the
address that the service's users have.
"""

import argparse
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HEALTHY_WITHIN_SECONDS = 5.0


class Release:
    """A version of the service that was started, and perhaps runs."""

    def __init__(self, version: str, folder: Path, configuration: dict[str, str]) -> None:
        self.version = version
        self.process = subprocess.Popen(
            [sys.executable, str(folder / "service.py"), "--version", version],
            env={"PATH": os.environ["PATH"], **configuration},
            stdout=subprocess.PIPE,
            text=True,
        )
        port = self.process.stdout.readline().strip() if self.process.stdout else ""
        self.url = f"http://127.0.0.1:{port or 0}"

    def is_healthy(self) -> bool:
        """Whether `/healthz` says 200 in time; at once no, when the process has ended."""
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        return False

    def stop(self) -> None:
        """Ends the process."""
        self.process.terminate()
        self.process.wait()


class Host(HTTPServer):
    """Holds the live release."""

    def __init__(self, releases: Path, token: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.releases = releases
        self.token = token
        self.live: Release | None = None

    def keeps(self, version: str) -> bool:
        """Whether the source of a version is still here."""
        return (self.releases / Path(version).name / "service.py").is_file()

    def take(self, version: str, configuration: dict[str, str], source: str | None = None) -> bool:
        """Starts a release; only a healthy one takes over, and the one before stays until then."""
        folder = self.releases / Path(version).name
        folder.mkdir(parents=True, exist_ok=True)
        if source is not None:
            (folder / "service.py").write_text(source)
        release = Release(version, folder, configuration)
        if not release.is_healthy():
            release.stop()
            shutil.rmtree(folder)
            return False
        before, self.live = self.live, release
        if before:
            before.stop()
        return True


class Handler(BaseHTTPRequestHandler):
    """The host's two requests, and its users'."""

    server: Host

    def do_GET(self) -> None:
        """The version that is live, null before the first deploy; or what that version answers."""
        live = self.server.live
        if self.path == "/live":
            self.answer(200, {"version": live.version if live else None, "url": live.url if live else None})
        elif live:
            self.pass_on(f"{live.url}{self.path}")
        else:
            self.answer(503, {"error": "nothing is live"})

    def pass_on(self, url: str) -> None:
        """Answers what the live release answers."""
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                self.answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            self.answer(error.code, json.load(error))
        except OSError:
            self.answer(502, {"error": "the live version does not answer"})

    def do_POST(self) -> None:
        """A new release."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {self.server.token}"):
            self.answer(401, {"error": "the token is not this host's"})
            return
        release = json.loads(body)
        if "source" not in release and not self.server.keeps(release["version"]):
            self.answer(404, {"error": "that version is not kept here"})
        elif self.server.take(**release):
            self.answer(201, {"deployed": True})
        else:
            self.answer(502, {"error": "the new version did not become healthy; the one before stays live"})

    def answer(self, status: int, document: object) -> None:
        """Sends a JSON document."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """No access log."""


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, required=True)
    arguments = parser.parse_args()
    host = Host(arguments.releases, os.environ["DEPLOY_TOKEN"])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    arguments.port_file.with_suffix(".new").write_text(str(host.server_port))
    arguments.port_file.with_suffix(".new").rename(arguments.port_file)
    try:
        host.serve_forever()
    finally:
        if host.live:
            host.live.stop()


if __name__ == "__main__":
    main()
