"""Shows a rehearsal to a person as it goes, and the table in the end."""

import time
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy_actions.rehearsal.observation import NOT_RUN, Step
from deploy_actions.rehearsal.rehearse import Outcome
from deploy_actions.rehearsal.scenario import Scenario
from deploy_actions.rehearsal.stage import REWRITES

_STYLES = {"success": "green", "failure": "red"}
_LAST_LINES = 40


class Screen:
    """Prints progress; with `quiet` nothing, so that a document can stand alone on standard output."""

    def __init__(self, *, quiet: bool, keep: bool) -> None:
        width = None if (console := Console()).is_terminal else 160
        self.console = Console(quiet=quiet, highlight=False, width=width) if quiet or width else console
        self._keep = keep
        self._began = time.monotonic()

    def introduce(self, product: str, count: int) -> None:
        """Says what is real in what follows, and what is not."""
        self.console.print(Text(f"Rehearsing {count} scenarios of {product}", style="bold"))
        self.console.print(
            "The workflow, the actions and the engine (act) are real; accounts, runners and secrets are made up.\n"
            "Concurrency, environments, permissions and time-outs are GitHub's to keep: act ignores them.\n"
            "Rewritten in the staged copy of production-deploy.yml, because act does not know it:"
        )
        for rewrite in REWRITES:
            self.console.print(Text(f"  - {rewrite.why}"))

    def staged(self, folder: Path) -> None:
        """Names the folder where it stays."""
        if self._keep:
            self.console.print(Text(f"Kept in {folder}"))

    def begins(self, scenario: Scenario) -> None:
        """The scenario's head line."""
        self.console.print()
        self.console.print(Text.assemble((scenario.name, "bold"), f"  {scenario.title}"))

    def step_ended(self, step: Step) -> None:
        """One line a step, as it ends."""
        result = Text(f"{step.result:8}", style=_STYLES.get(step.result, ""))
        line = Text.assemble(
            f"  {step.job} · {step.name:36.36} ", result, f" {step.seconds:5.1f} s  ", (step.verdict, "bold")
        )
        self.console.print(line)
        for finding in step.findings:
            self.console.print(Text(f"      {finding['message']}"))
            self.console.print(Text(f"      → {finding['remedy']}", style="dim"))

    def ended(self, outcome: Outcome) -> None:
        """Nothing if all is as expected; else what is not, with the end of the log."""
        for difference in outcome.differences:
            self.console.print(Text(f"  ✗ {difference}", style="red"))
        if outcome.differences:
            for line in outcome.log[-_LAST_LINES:]:
                self.console.print(Text(f"    | {line}", style="dim"))

    def table(self, outcomes: list[Outcome]) -> None:
        """For each scenario what was expected and what was seen: jobs, verdicts, what is live in production."""
        table = Table(show_lines=True)
        for heading in ("Scenario", "Expected", "Seen", ""):
            table.add_column(heading, overflow="fold")
        for outcome in outcomes:
            table.add_row(*_row(outcome))
        self.console.print()
        self.console.print(table)
        good = sum(not outcome.differences for outcome in outcomes)
        seconds = time.monotonic() - self._began
        self.console.print(f"{good} of {len(outcomes)} scenarios came out as they should, in {seconds:.1f} s.")


def _row(outcome: Outcome) -> list[Text]:
    verdict = Text("✗ no", style="red") if outcome.differences else Text("✓ as expected", style="green")
    expected = msgspec.to_builtins(outcome.scenario.expect)
    return [
        Text(outcome.scenario.name, style="bold"),
        Text(_told(expected, expected)),
        Text(_told(outcome.seen, expected)),
        verdict,
    ]


def _told(world: dict[str, Any], expected: dict[str, Any]) -> str:
    """What came out, or should, a line each: in the order of what is expected, so that the two can be compared."""
    lines = [f"{job}: {world['jobs'].get(job, NOT_RUN)}" for job in expected["jobs"]]
    lines += [_action(name, world["actions"].get(name)) for name in expected["actions"]]
    if expected["live"]:
        lines.append(f"production: {_LIVE.get(world['live'], world['live'])}")
    return "\n".join(lines)


_LIVE = {"new": "new version", "unchanged": "version before"}


def _action(name: str, verdict: dict[str, Any] | None) -> str:
    if verdict is None:
        return f"{name}: {NOT_RUN}"
    found = ", ".join(f"{secret}: {code}" for secret, code in sorted(verdict["findings"].items()))
    return f"{name}: {verdict['decision']} ({found or verdict['reason-code']})"


def document(outcomes: list[Outcome]) -> str:
    """The `--json` document."""
    scenarios = [
        {
            "name": outcome.scenario.name,
            "title": outcome.scenario.title,
            "expected": msgspec.to_builtins(outcome.scenario.expect),
            "seen": outcome.seen,
            "as_expected": not outcome.differences,
            "differences": outcome.differences,
            "seconds": round(outcome.seconds, 3),
        }
        for outcome in outcomes
    ]
    rewrites = [rewrite.why for rewrite in REWRITES]
    return msgspec.json.encode({"schema_version": 1, "rewrites": rewrites, "scenarios": scenarios}).decode()
