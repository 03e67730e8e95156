"""Collects from act's events what a scenario came to, and compares it with what was expected."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec

from deploy_actions.core.redact import Redactor
from deploy_actions.rehearsal.act import Event
from deploy_actions.rehearsal.scenario import Expected, ExpectedAction

NOT_RUN = "not run"
NONE_KEPT = "none kept"


class Step(msgspec.Struct, frozen=True):
    """A step that ended. `verdict` is its action's, where it is one of ours, and `findings` are those that block."""

    job: str
    name: str
    result: str
    seconds: float
    verdict: str = ""
    findings: tuple[dict[str, Any], ...] = ()


class Observation:
    """What has been seen of one run of the workflow. `step_ended` is told of each step as it ends."""

    def __init__(self, redactor: Redactor, step_ended: Callable[[Step], None]) -> None:
        self.jobs: dict[str, str] = {}
        self.log: list[str] = []
        self.problems: list[str] = []
        self.leaked: set[str] = set()
        self.live: str | None = None
        self.evidence: dict[str, Any] | None = None
        self._redactor = redactor
        self._step_ended = step_ended
        self._documents: dict[str, dict[str, Any]] = {}

    def hear(self, event: Event) -> None:
        """Takes one event of act's `--json` log."""
        job, step_id = str(event.get("jobID", "")), event.get("stepID") or [""]
        if event.get("raw_output"):
            self._hear_log(str(event.get("msg", "")))
        if event.get("command") == "set-output" and event.get("name") == "result" and len(step_id) == 1:
            self._hear_result(step_id[0], str(event.get("arg", "")))
        if "stepResult" in event and event.get("stage") == "Main" and len(step_id) == 1:
            self._step_ended(_step(job, event, self._documents.get(step_id[0])))
        if "jobResult" in event:
            self.jobs[job] = str(event["jobResult"])
        if event.get("level") == "error" and "command" not in event:
            self.problems.append(str(event.get("msg", "")))

    def _hear_log(self, line: str) -> None:
        self.log.append(line.rstrip("\n"))
        if holder := self._redactor.secret_in(line):
            self.leaked.add(holder)

    def _hear_result(self, step_id: str, text: str) -> None:
        self._documents[step_id] = msgspec.json.decode(text, type=dict[str, Any])

    def take_evidence(self, folder: Path) -> None:
        """Reads the evidence that the run kept, if it kept one; looks for secrets in it too."""
        for file in sorted(folder.glob("deploy-evidence-*/*.json")):
            text = file.read_text()
            self.evidence = msgspec.json.decode(text, type=dict[str, Any])
            if holder := self._redactor.secret_in(text):
                self.leaked.add(holder)

    def action(self, name: str) -> dict[str, Any] | None:
        """The result of an action by its name, of a second step the last; or by `name (step id)`."""
        named = {key: each for step_id, each in self._documents.items() for key in _names(each, step_id)}
        return named.get(name)

    def seen(self, names: Collection[str]) -> dict[str, Any]:
        """What came out, in the same shape as what is expected, which calls the actions by these names."""
        actions = {}
        for step_id, document in self._documents.items():
            plain, full = _names(document, step_id)
            actions[full if full in names else plain] = _verdict(document)
        return {
            "jobs": self.jobs,
            "actions": actions,
            "live": self.live,
            "evidence": self._outcome(),
            "leaked": sorted(self.leaked),
        }

    def _outcome(self) -> str | None:
        return str(self.evidence["outcome"]) if self.evidence else None


def _names(document: dict[str, Any], step_id: str) -> tuple[str, str]:
    """What an action that ran is called, if one step is of it and if several are."""
    return document["action"], f"{document['action']} ({step_id})"


def _step(job: str, event: Event, document: dict[str, Any] | None) -> Step:
    seconds = event.get("executionTime", 0) / 1e9
    name, result = str(event.get("step", "")), str(event["stepResult"])
    if document is None:
        return Step(job, name, result, seconds)
    verdict = f"{document['decision']}: {document['reason_code']}"
    return Step(job, name, result, seconds, verdict, tuple(f for f in document["findings"] if f["severity"] == "error"))


def _verdict(document: dict[str, Any]) -> dict[str, Any]:
    findings = {
        finding["secret"]: finding["reason_code"]
        for finding in reversed(document["findings"])
        if finding["secret"] and finding["severity"] != "notice"
    }
    return {"decision": document["decision"], "reason-code": document["reason_code"], "findings": findings}


def differences(expected: Expected, seen: Observation) -> list[str]:
    """Each point in which what came out is not what was expected, in words; none if all is as it should be."""
    found = [
        f"job {job}: expected {result}, saw {seen.jobs.get(job, NOT_RUN)}"
        for job, result in expected.jobs.items()
        if seen.jobs.get(job, NOT_RUN) != result
    ]
    for name, action in expected.actions.items():
        found += _action_differences(name, action, seen.action(name))
    if expected.live and seen.live != expected.live:
        found.append(f"production: expected {expected.live}, saw {seen.live}")
    outcome = seen.evidence["outcome"] if seen.evidence else NONE_KEPT
    if expected.evidence and outcome != expected.evidence:
        found.append(f"evidence: expected {expected.evidence}, saw {outcome}")
    return found + [f"the log shows the value of {name}" for name in sorted(seen.leaked)]


def _action_differences(name: str, expected: ExpectedAction | None, document: dict[str, Any] | None) -> list[str]:
    if expected is None:
        return [f"{name}: expected not to run, but it ran"] if document else []
    if document is None:
        return [f"{name}: expected to run, but it did not"]
    seen = _verdict(document)
    wanted = {"decision": expected.decision, "reason-code": expected.reason_code}
    found = [
        f"{name}: expected {key} {value}, saw {seen[key]}"
        for key, value in wanted.items()
        if value not in ("*", seen[key])
    ]
    if seen["findings"] != dict(expected.findings):
        found.append(f"{name}: expected findings {dict(expected.findings)}, saw {seen['findings']}")
    return found
