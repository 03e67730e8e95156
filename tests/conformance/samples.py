"""Valid inputs for any action, by the types of its inputs; and hostile ones. Nothing here names an action."""

from datetime import UTC, date, datetime
from typing import Any

from tests.rehearsal.clients import rsa_key

from deploy_actions.actions.conclude_deploy.gates import Gates
from deploy_actions.actions.conclude_deploy.inputs import Seconds, Texts
from deploy_actions.actions.deploy_calendar.calendar import Calendar
from deploy_actions.actions.health_check.baseline import Baseline
from deploy_actions.actions.health_check.checks import Checks
from deploy_actions.actions.health_check.inputs import Mode
from deploy_actions.actions.jira_gate.bypass import WhenUnavailable
from deploy_actions.actions.jira_gate.collect import CommitPolicy, Sources
from deploy_actions.actions.jira_gate.judge import Requirement, StatusCategories
from deploy_actions.actions.mask import FilePath, Split
from deploy_actions.actions.preflight_secrets.age_check import Policy
from deploy_actions.actions.preflight_secrets.manifest import Manifest
from deploy_actions.actions.preflight_secrets.oidc import ExpectedClaims
from deploy_actions.actions.route_runner.inputs import ForcedRole
from deploy_actions.actions.route_runner.workflows import DefiningWorkflow
from deploy_actions.actions.run_rollback.inputs import PathPatterns
from deploy_actions.actions.verify_approval.policy import ApprovalPolicy
from deploy_actions.actions.verify_environment.inputs import FullRef, WhenUnverifiable, WorkflowRef
from deploy_actions.actions.version_gate.inputs import WhenSuperseded, WhenUnknown
from deploy_actions.clients.github_environments import EnvironmentName
from deploy_actions.clients.jira_keys import IssueKeys, ProjectKeys
from deploy_actions.clients.jira_types import DeploymentType
from deploy_actions.core.action import Action
from deploy_actions.core.address_types import ExactUrl, RepositoryName, TargetUrl, Url
from deploy_actions.core.declare import Field
from deploy_actions.core.input_types import ArgumentList, Duration, Lines, Names, SecretNames
from deploy_actions.core.json_path import JsonPath
from deploy_actions.core.moments import Moment
from deploy_actions.core.runner_choice import ChosenRunner, RunnerChoice
from deploy_actions.core.secret import Secret
from deploy_actions.core.span import Span
from deploy_actions.core.versions import CommitSha, VersionText
from deploy_actions.guard.inputs import SecretFiles, WorkflowCommands
from deploy_actions.guard.policy import FailurePolicy

SECRET_NAME = "CANARY_TOKEN"
DATED_SECRET_NAME = "CANARY_JWT"

CHOICE = RunnerChoice(
    environment=".",
    role="primary",
    pool="east",
    labels=("self-hosted",),
    group="deploys",
    group_ids=(1,),
    runners=(ChosenRunner(1, "."),),
    approved_until=date(2126, 11, 23),
    chosen_at=datetime.now(UTC),
).text()

VALID: dict[Any, str] = {
    Manifest: f"{SECRET_NAME}: {{}}\n{DATED_SECRET_NAME}: {{ kind: jwt, min-remaining: 1d }}",
    Duration: "60m",
    SecretNames: SECRET_NAME,
    Names: "HOME",
    ArgumentList: "true",
    Secret: "obviously-fake-credential",
    str: ".",
    Url: "https://api.github.com",
    RepositoryName: "acme/orders",
    Policy: "cannot-verify",
    ExpectedClaims: "aud: sts.example\nsub: repo:acme/*",
    Split: "whole",
    DeploymentType: "auto",
    ProjectKeys: "PAY",
    IssueKeys: "PAY-1",
    Sources: "keys",
    CommitPolicy: "warn",
    Requirement: "both",
    StatusCategories: "indeterminate",
    WhenUnavailable: "fail",
    Lines: "",
    FilePath: "pyproject.toml",
    Checks: f'[{{command: ["true"], secrets: [{SECRET_NAME}]}}]',
    Calendar: """
time-zone: Europe/Zurich
deploy-hours: [{ rrule: FREQ=DAILY, from: "00:00", to: "24:00" }]
freezes: [{ name: long past, start: 2020-12-18 18:00, end: 2021-01-04 08:00, rrule: FREQ=YEARLY;UNTIL=20231231 }]
""",
    Mode: "watch",
    FailurePolicy: "fix-forward",
    Baseline: '{"taken_at": "2026-11-24T12:00:00Z"}',
    Span: "9s",
    JsonPath: "$.status",
    Moment: "2026-11-24T18:00:00Z",
    CommitSha: "b" * 40,
    VersionText: "1.2.3",
    TargetUrl: "https://shop.example/version",
    SecretFiles: "",
    WorkflowCommands: "notice",
    PathPatterns: "db/migrations/",
    WhenSuperseded: "proceed",
    WhenUnknown: "fail",
    Gates: "version-gate: success pass newer\nrun-deploy: success pass deployed\nhealth-check: success pass healthy",
    Seconds: "1.5",
    Texts: "PAY-1",
    ForcedRole: "primary",
    DefiningWorkflow: "acme/deploy-actions/.github/workflows/production-deploy.yml@refs/tags/v1",
    RunnerChoice: CHOICE,
    ExactUrl: "https://heartbeats.example/",
    EnvironmentName: "production",
    FullRef: "refs/heads/main",
    WorkflowRef: "acme/orders/.github/workflows/deploy.yml@refs/heads/main",
    WhenUnverifiable: "fail",
    ApprovalPolicy: '{"reviewers": true, "self-approval": "fail", "administrator-bypass": "fail"}',
    int: "1",
    bool: "true",
}

ABSENT_FILE = "a-file-that-is-not-there"

RUNNERS = b"""
environments:
  .:
    primary: { pool: east, labels: [self-hosted], group: deploys, approved-by: ada, approved-until: 2126-11-23 }
"""

PROTECTION = b"""
environments:
  production:
    reviewers: { at-least: 1, among: [ada] }
    branches: [main]
    custom-rules: [change-gate]
    administrators-may-bypass: false
    secrets: { only-in-environment: [DEPLOY_TOKEN], max-age: 90d }
    workflow: .github/workflows/deploy.yml
    concurrency: production-deploy
"""

WORKFLOW = b"""
jobs:
  deploy: { environment: production, concurrency: { group: production-deploy, cancel-in-progress: false, queue: max } }
"""

GOOD_FILES: dict[str, bytes] = {
    ".github/deploy-runners.yml": RUNNERS,
    ".github/deploy-environment.yml": PROTECTION,
    ".github/workflows/deploy.yml": WORKFLOW,
}
"""What files hold where all is well, by path: policies, by the default of the input that names them."""

BY_NAME: dict[str, str] = {
    **{"jira-url": "http://127.0.0.1:9", "timeout": "0s", "transition-to": "done"},
    **{"paths": "pyproject.toml", "own-job": "deploy"},
    **{"grace": "0s", "soak": "0s", "baseline-file": ""},
    **{"no-rollback-file": ABSENT_FILE, "checked-at": ""},
    **{"heartbeat-file": "", "heartbeat-url": "", "cache-file": "", "enterprise": ""},
    **{"force-reason": "because the suite wants it"},
    **{"declared-role": "", "runner-environment": "self-hosted", "max-age": "1d"},
    **{"force-role": "", "init": "false", "app-private-key": rsa_key("app").private},
}
"""Inputs whose value hangs on more than their type: where nobody listens, and no patience."""

TIME_OF_CHECKS = "20s"
"""A `timeout` that leaves room for one attempt, as checks must have."""

KEY_NAME, POSTGRES_NAME, REDIS_NAME = "CANARY_KEY", "CANARY_POSTGRES", "CANARY_REDIS"

REACHING_OUT: dict[Any, str] = {
    **VALID,
    Sources: "keys, branch, commits, pull-request",
    Checks: f"""
- http: "https://shop.example/"
  authorities: ca.pem
  headers: {{ X-Token: {{ secret: {SECRET_NAME} }} }}
  expect: {{ json: {{ $.status: = ok }} }}
""",
    Manifest: f"""
{SECRET_NAME}: {{ probe: {{ type: http, url: "https://api.example/whoami" }} }}
{DATED_SECRET_NAME}: {{ kind: jwt, min-remaining: 1d, probe: github }}
{KEY_NAME}: {{ probe: {{ type: ssh, address: "host.example:22", user: deploy, host-key: ssh-ed25519 AAAA }} }}
CANARY_CERTIFICATE: {{ kind: opaque, probe: {{ type: tls, address: "host.example:443", key-secret: {KEY_NAME} }} }}
{POSTGRES_NAME}: {{ probe: {{ type: postgres, address: "db.example:5432" }} }}
{REDIS_NAME}: {{ probe: {{ type: redis, address: "db.example:6379" }} }}
""",
}
"""Valid inputs that have an action use every outside world that it declares."""

HOSTILE: dict[str, str] = {
    "empty": "",
    "huge": "A," * 50_000,
    "too long by a little": "A" * 70_000,
    "longer than a file's name": "A" * 5_000,
    "NUL": "A\0B",
    "control characters": "A\x01\x1b[31m\x7fB",
    "commands": "A\n::set-output name=decision::pass\n##[add-mask]deploy",
    "carriage return": "A\r::stop-commands::x\r##[error]y",
    "no UTF-8": "A\udcff\udc80",
    "aliases": "a: &a [x]\nb: *a",
    "deep": "[" * 50_000,
    "braces": "{" * 2_000,
    "numbers": "12345",
    "list of numbers": "[1, 2, 3]",
    "object": '{"a": {"b": 1}}',
    "null": "null",
    "markdown": "[x](http://evil.example) | <script> @everyone `",
    "template": "{secret} {0} %s ${{ secrets.X }}",
}


def types_without_a_sample(action: Action[Any, Any]) -> list[str]:
    """The types of inputs that VALID does not know, each with the inputs that have it."""
    return [
        f"{field.kind.__name__} (input {field.name})" for field in action.inputs.fields() if field.kind not in VALID
    ]


def valid_inputs(action: Action[Any, Any]) -> dict[str, str]:
    """Texts for the inputs, by type, with which it reaches no network; what allows more keeps its default."""
    missing = types_without_a_sample(action)
    assert not missing, f"add a sample to tests/conformance/samples.py for {', '.join(missing)}"
    fields = action.inputs.fields()
    kept = (field for field in fields if not field.name.startswith("optional-") and not field.nullable)
    return {field.name: _text(field, VALID) for field in kept}


def inputs_reaching_out(action: Action[Any, Any]) -> dict[str, str]:
    """Texts for the inputs with which the action uses every outside world that it declares."""
    fields = [field for field in action.inputs.fields() if not field.name.startswith("optional-")]
    has_app = any(field.name == "app-private-key" for field in fields)
    kept = (field for field in fields if not (has_app and field.nullable and field.name == "github-token"))
    return {field.name: _text(field, REACHING_OUT) for field in kept}  # an app, where a token could take its place


def _text(field: Field, samples: dict[Any, str]) -> str:
    if field.kind is Span and field.name == "timeout":
        return TIME_OF_CHECKS
    if field.name == "policy-file":
        return field.default or ""
    return BY_NAME.get(field.name, samples[field.kind])
