"""The ready-made set `runner-egress`: one check for each host that the runner on this machine needs.

Each is asked over HTTPS, so that name resolution, connection, TLS and an answer are tried in turn, by the proxy if the
environment names one; any status is good, since the host has answered.
"""

from typing import Any

from deploy_actions.actions.health_check.check import Check, Pace
from deploy_actions.actions.health_check.egress_hosts import GITHUB
from deploy_actions.actions.health_check.kinds.http import Http
from deploy_actions.actions.health_check.settings import Settings

NAME = "runner-egress"
GITHUB_URL = "https://github.com"
PACE = Pace(timeout=5.0, grace=0.0, interval=1.0, probe_timeout=5.0, successes=1, soak=0.0, failure_limit=0, failures=0)
"""All within 5 seconds; who does not answer at first is asked again until then."""


def egress_checks(server_url: str) -> tuple[Check, ...]:
    """The checks for a runner of GitHub at `server_url`."""
    if server_url == GITHUB_URL:
        return tuple(_check(f"https://{host}/", f"{host} ({purpose})") for host, purpose in GITHUB)
    return (_check(f"{server_url}/", f"{server_url} (the server)"), _check(f"{server_url}/api/v3/meta", "its REST API"))


def _check(url: str, name: str) -> Check:
    settings: dict[str, Any] = {"http": url, "expect": {"status": "any"}}
    return Check(name=name, kind=Http.parse(Settings(settings, NAME)), pace=PACE)
