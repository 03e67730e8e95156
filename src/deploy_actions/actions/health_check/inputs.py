"""The inputs and outputs of health-check."""

from deploy_actions.actions.health_check.baseline import Baseline
from deploy_actions.actions.health_check.check import Pace
from deploy_actions.actions.health_check.checks import Checks
from deploy_actions.actions.health_check.show import CheckRow
from deploy_actions.core.address_types import Url
from deploy_actions.core.choices import Choice
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.span import Span
from deploy_actions.guard.policy import FailurePolicy


class Mode(Choice):
    """When the action runs: after the deploy, or before it to learn what it will be compared with."""

    words = ("watch", "baseline")


class HealthCheckInputs(Inputs, frozen=True):
    """What is checked, how often, and when it decides."""

    checks: Checks = required("One URL a line, or YAML: a list of checks with their settings; or `runner-egress`.")
    mode: Mode = optional(
        "watch",
        "When it runs: `watch` after the deploy, to decide; `baseline` before it, to measure what checks compare with.",
    )
    version: str = optional("", "The version or commit that was deployed, for checks of the kind `version`.")
    timeout: Span = optional("5m", "How long the whole may take.")
    grace: Span = optional("30s", "How long after the start failures do not count.")
    interval: Span = optional("5s", "The time between the starts of two attempts of a check.")
    probe_timeout: Span = optional("10s", "How long one attempt may take.")
    successes: int = optional("3", "How many attempts in a row must be good.")
    soak: Span = optional("0s", "How long a check is then still made, and may fail `failure-limit` times.")
    failure_limit: int = optional("0", "How many attempts may fail during the soak.")
    failures: int = optional("0", "How many failures in a row after the grace decide too; 0 waits for the timeout.")
    baseline: Baseline | None = optional("", "The output `baseline` of this action, run before the deploy.")
    baseline_file: str = optional("", "A file that the mode `baseline` writes, and `watch` reads without `baseline`.")
    on_failure: FailurePolicy = optional("fix-forward", "What the summary tells people to do when a check failed.")
    runbook_url: str = optional("", "Where people find what to do, for the summary.")
    server_url: Url = optional("https://github.com", "GitHub's address, from which `runner-egress` derives its hosts.")

    @property
    def pace(self) -> Pace:
        """The pace of a check that has none of its own."""
        return Pace(
            timeout=float(self.timeout),
            grace=float(self.grace),
            interval=float(self.interval),
            probe_timeout=float(self.probe_timeout),
            successes=self.successes,
            soak=float(self.soak),
            failure_limit=self.failure_limit,
            failures=self.failures,
        )


class HealthCheckOutputs(Outputs, frozen=True):
    """What was seen."""

    healthy_after: float | None = output("Seconds until all checks had passed; empty if they did not.")
    checks: tuple[CheckRow, ...] | None = output("How each check went, as a JSON list; of more than 150, the worst.")
    last_healthy_version: str | None = output(
        "The version that was last seen healthy: the deployed one, else the one before; empty if unknown."
    )
    baseline: str | None = output("In the mode `baseline`: what was measured, as JSON for the input `baseline`.")
