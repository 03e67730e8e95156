"""Writes a policy that says what is so, for somebody to read, tighten and commit."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from deploy_actions.actions.verify_environment import workflow_guard
from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, WorkflowPath

_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9_./-]*", re.IGNORECASE)
_HEAD = """\
# Written by verify-environment with `init`: how the environment was protected then, which somebody has to approve.
# docs/deploy-environment.md says what each rule means.
environments:
  {name}:
"""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its `value` in YAML; or a `note` that stands in its place, as a comment."""

    rule: str
    value: str = ""
    note: str = ""
    is_unread: bool = False

    def __str__(self) -> str:
        return f"    {self.rule}: {self.value}\n" if self.value else f"    # {self.rule}: {self.note}\n"


def text(observed: Observed, lines: Sequence[Line]) -> str:
    """The policy file, in YAML."""
    return _HEAD.format(name=_quoted(observed.environment.name)) + "".join(map(str, lines))


def lines_of(observed: Observed, inputs: VerifyEnvironmentInputs) -> Iterator[Line]:
    """Each rule, in the order of the form."""
    environment = observed.environment
    yield from _reviewers(observed)
    minutes = f"{environment.wait_timer}m"
    yield Line(rule="wait-timer", value=f"{{ at-least: {minutes}, at-most: {minutes} }}")
    yield from _refs(observed)
    yield _names("custom-rules", observed.custom_rules)
    yield _flag("administrators-may-bypass", environment.administrators_may_bypass)
    yield _secrets(observed)
    yield from _workflow(observed, inputs)
    if environment.reviewers:
        yield Line(rule="approval", value="{ self-approval: fail, administrator-bypass: fail }")


def _reviewers(observed: Observed) -> Iterator[Line]:
    reviewers = observed.environment.reviewers
    if not reviewers:
        yield Line(rule="reviewers", note="none are required, so that nobody is asked")
        return
    yield Line(rule="reviewers", value=f"{{ at-least: {len(reviewers)}, among: {_list(reviewers)} }}")
    yield _flag("prevent-self-review", observed.environment.prevent_self_review)


def _refs(observed: Observed) -> Iterator[Line]:
    patterns = observed.ref_patterns
    if isinstance(patterns, Unread):
        yield _unread("branches", patterns)
    elif observed.environment.protected_branches:
        yield Line(rule="protected-branches", value="true")
    elif not patterns:
        open_to = "every branch and tag" if observed.environment.is_open_to_every_ref else "no branch and no tag"
        yield Line(rule="branches", note=f"{open_to} may deploy")
    else:
        by_rule = {"branches": "branch", "tags": "tag"}
        names = {rule: [one.pattern for one in patterns if one.kind == kind] for rule, kind in by_rule.items()}
        yield from (Line(rule=rule, value=_list(some)) for rule, some in names.items() if some)


def _secrets(observed: Observed) -> Line:
    places = observed.secrets
    if places is None or isinstance(places, Unread):
        return _unread("secrets", places or Unread("nobody asked"))
    names = sorted(places["environment"].keys() - places["repository"].keys() - places["organization"].keys())
    if not names:
        return Line(rule="secrets", note="none lives in the environment alone")
    return Line(rule="secrets", value=f"{{ only-in-environment: {_list(names)} }}")


def _workflow(observed: Observed, inputs: VerifyEnvironmentInputs) -> Iterator[Line]:
    """The workflow that runs and its group, where they would stand the judgement."""
    path = inputs.workflow_ref.path if inputs.workflow_ref else ""
    if isinstance(observed.workflow, Unread):
        yield _unread("workflow", observed.workflow)
        return
    group = workflow_guard.one_group(observed)
    if not group or not WorkflowPath.pattern.fullmatch(path):
        yield Line(rule="workflow", note="`workflow-ref` names none that deploys in one concurrency group")
        return
    policy = EnvironmentPolicy(workflow=WorkflowPath(path), concurrency=group)
    judged = (workflow_guard.workflow(policy, observed, inputs), workflow_guard.concurrency(policy, observed))
    if findings := [finding for one in judged for finding in one.findings]:
        yield Line(rule="workflow", note=f"{path} does not deploy under guard: {findings[0].message}")
        return
    yield Line(rule="workflow", value=_quoted(path))
    yield Line(rule="concurrency", value=_quoted(group))


def _names(rule: str, names: tuple[str, ...] | Unread) -> Line:
    return _unread(rule, names) if isinstance(names, Unread) else Line(rule=rule, value=_list(names))


def _flag(rule: str, value: bool | None) -> Line:
    if value is None:
        return _unread(rule, Unread("GitHub does not say it"))
    return Line(rule=rule, value="true" if value else "false")


def _unread(rule: str, unread: Unread) -> Line:
    return Line(rule=rule, note=f"could not be read: {' '.join(unread.cause.split())}", is_unread=True)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A text in YAML, in double quotes where it could be taken for anything else."""
    return text if _PLAIN.fullmatch(text) else msgspec.json.encode(text).decode()
