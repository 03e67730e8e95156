"""Writes a policy that says what is so, for somebody to read, tighten and commit."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from deploy_actions.actions.verify_environment.concurrency_guard import concurrency
from deploy_actions.actions.verify_environment.guarded_jobs import deploying, one_group
from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.library_call import library_call
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy, LibraryName, WorkflowPath
from deploy_actions.actions.verify_environment.secret_places import NO_APP
from deploy_actions.actions.verify_environment.workflow_guard import workflow
from deploy_actions.core.verdict import Decision

_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9_./-]*", re.IGNORECASE)
_NOTHING_DEPLOYS = "`workflow-ref` names none that deploys in one concurrency group"
_NO_WORKFLOW = "no `workflow-ref` was given; with `--workflow-ref=OWNER/NAME/.github/workflows/FILE@REF` it is read"
_NO_APP_GIVEN = Unread(
    "no app was given; with `--app-id` of a GitHub App, and its private key in the variable INPUT_APP_PRIVATE_KEY, it"
    " is read"
)
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
        """One line, whatever a note quotes: a job's key, or a cause, may hold the end of one."""
        if self.value:
            return f"    {self.rule}: {self.value}\n"
        return f"    # {self.rule}: {' '.join(self.note.split())}\n"


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
    if places is None or places == NO_APP:
        return _unread("secrets", _NO_APP_GIVEN)
    if isinstance(places, Unread):
        return _unread("secrets", places)
    names = sorted(places["environment"].keys() - places["repository"].keys() - places["organization"].keys())
    if not names:
        return Line(rule="secrets", note="none lives in the environment alone")
    return Line(rule="secrets", value=f"{{ only-in-environment: {_list(names)} }}")


def _workflow(observed: Observed, inputs: VerifyEnvironmentInputs) -> Iterator[Line]:
    """The workflow that runs and its group, where they would stand the judgement."""
    path = inputs.workflow_ref.path if inputs.workflow_ref else ""
    if isinstance(found := observed.workflows.get(path), Unread):
        yield _unread("workflow", found)
        return
    group = one_group(observed)
    if not group or not WorkflowPath.pattern.fullmatch(path):
        yield Line(rule="workflow", note=_NOTHING_DEPLOYS if path else _NO_WORKFLOW)
        return
    library = _library(observed, inputs)
    policy = EnvironmentPolicy(workflow=WorkflowPath(path), calls=library, concurrency=group)
    judged = (workflow(policy, observed, inputs), concurrency(policy, observed))
    if findings := [one for found in judged for one in found.findings if one.decision is not Decision.WARN]:
        yield Line(rule="workflow", note=f"{path} does not deploy under guard: {findings[0].message}")
        return
    yield Line(rule="workflow", value=_quoted(path))
    if library:
        yield Line(rule="calls", value=_quoted(library))
    yield Line(rule="concurrency", value=_quoted(group))


def _library(observed: Observed, inputs: VerifyEnvironmentInputs) -> LibraryName | None:
    """The one repository whose production-deploy.yml is called; None where none is, or several are."""
    calls = [call for _, job in deploying(observed) if (call := library_call(job.calls))]
    called = {call.repository or inputs.repository for call in calls}
    names = [LibraryName(name) for name in called if LibraryName.pattern.fullmatch(name)]
    return names[0] if len(called) == len(names) == 1 else None


def _names(rule: str, names: tuple[str, ...] | Unread) -> Line:
    return _unread(rule, names) if isinstance(names, Unread) else Line(rule=rule, value=_list(names))


def _flag(rule: str, value: bool | None) -> Line:
    if value is None:
        return _unread(rule, Unread("GitHub does not say it"))
    return Line(rule=rule, value="true" if value else "false")


def _unread(rule: str, unread: Unread) -> Line:
    return Line(rule=rule, note=f"could not be read: {unread.cause}", is_unread=True)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A text in YAML, in double quotes where it could be taken for anything else."""
    return text if _PLAIN.fullmatch(text) else msgspec.json.encode(text).decode()
