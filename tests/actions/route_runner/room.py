"""Runs route-runner over a policy and a fleet in memory."""

from datetime import timedelta
from typing import Any

from tests.fakes import NOW, FakeClock, FakeFiles, FakeMasks

from deploy_actions.actions.route_runner import run
from deploy_actions.actions.route_runner.inputs import RouteRunnerInputs
from deploy_actions.core.ports import Http
from deploy_actions.core.verdict import Report

SOON, LATER, PAST = (f"{NOW + timedelta(days=days):%Y-%m-%d}" for days in (3, 90, -1))

POLICY = f"""
environments:
  production:
    primary:
      pool: east
      labels: [self-hosted, production, primary]
      group: deploys
      names: [east-1, east-2]
      approved-by: ada
      approved-until: {LATER}
    secondary:
      - pool: west
        labels: [self-hosted, production, secondary]
        group: deploys
        approved-by: grace
        approved-until: {LATER}
      - pool: cloud
        labels: [cloud-runners]
        group: scale-sets
        capacity: on-demand
        approved-by: grace
        approved-until: {LATER}
"""
TOKEN = "obviously-fake-token"


def route(  # noqa: PLR0913  # what a test may want otherwise
    http: Http,
    *,
    policy: str = POLICY,
    clock: FakeClock | None = None,
    files: FakeFiles | None = None,
    masks: FakeMasks | None = None,
    **texts: str,
) -> Report:
    """The report, with a token unless a test gives another credential."""
    given: dict[str, Any] = {"repository": "acme/orders", "github-token": TOKEN}
    given |= {name.replace("_", "-"): text for name, text in texts.items()}
    inputs = RouteRunnerInputs.from_texts(given)
    return run(inputs, files or FakeFiles(policy.encode()), http, clock or FakeClock(), masks or FakeMasks())


def rows(report: Report) -> list[tuple[Any, ...]]:
    """The table of candidates: pool, runner, state, why."""
    found: list[dict[str, Any]] = report.outputs.values()["candidates"] or []
    return [(row["pool"], row["runner"], row["state"], row["why"]) for row in found]
