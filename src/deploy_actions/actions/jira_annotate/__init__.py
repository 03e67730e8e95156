"""Tells Jira what was deployed: a link to the run on each issue, and, if asked, a comment, a transition, a fix version.

A second run changes the link and adds none. What cannot be written warns, and never turns a good deploy red. Jira's
deployments panel is not open to API tokens, so nothing is sent there.
"""

from collections.abc import Callable, Iterator
from functools import partial

from deploy_actions.actions.jira_annotate.content import Deploy, comment, is_about, remote_link
from deploy_actions.actions.jira_annotate.reasons import Reasons
from deploy_actions.clients.jira import JiraClient
from deploy_actions.clients.jira_keys import IssueKeys, project_of
from deploy_actions.clients.jira_types import JiraInputs
from deploy_actions.clients.jira_writing import Comments, Transitions, Versions
from deploy_actions.clients.patience import Patience
from deploy_actions.clients.rest import escaped
from deploy_actions.core.action import Action
from deploy_actions.core.address_types import Url
from deploy_actions.core.declare import Outputs, optional, output, required
from deploy_actions.core.ports import Clock, Http
from deploy_actions.core.service_errors import Malformed, ServiceError
from deploy_actions.core.verdict import Finding, Report


class JiraAnnotateInputs(JiraInputs, frozen=True):
    """What was deployed, and what is to be written."""

    keys: IssueKeys = optional("", "The keys of the issues, as the output `keys` of jira-gate has them.")
    run_url: Url = required("The address of the run that deployed.")
    environment: str = optional("production", "Where it was deployed.")
    version: str = optional("", "What was deployed: a version or a commit.")
    outcome: str = optional("success", "What came of it, as in `success` or `failure`.")
    note: str = optional("", "What else people should know, as that Jira was bypassed; it makes a comment.")
    comment: bool = optional("false", "Whether each issue gets a comment for this deploy.")
    transition_to: str = optional("", "The status category to which each issue is moved: `indeterminate` or `done`.")
    fix_version: str = optional("", "The fix version that each issue gets; it is made where it is missing.")


class JiraAnnotateOutputs(Outputs, frozen=True):
    """What was written."""

    annotated: tuple[str, ...] | None = output("The keys of the issues on which all was written, as a JSON list.")


def run(inputs: JiraAnnotateInputs, http: Http, clock: Clock) -> Report:
    """Writes on each issue what was asked for; what fails on one keeps nothing from the others."""
    if not inputs.keys:
        return Report(findings=(Reasons.nothing(),), outputs=JiraAnnotateOutputs(annotated=()))
    try:
        jira = inputs.client(Patience(http, clock, inputs.timeout.timedelta))
    except ServiceError as error:
        return Report(findings=(Reasons.unreachable(service=error.service, error=error),))
    findings: list[Finding] = []
    annotated: list[str] = []
    for key in inputs.keys:
        faults = list(_annotate(key, jira, inputs))
        findings += faults
        if not faults:
            annotated.append(key)
            findings.append(Reasons.annotated(rule=key, key=key))
    return Report(findings=tuple(findings), outputs=JiraAnnotateOutputs(annotated=tuple(annotated)))


def _annotate(key: str, jira: JiraClient, inputs: JiraAnnotateInputs) -> Iterator[Finding]:
    for what, write in _writings(key, jira, inputs):
        try:
            write()
        except ServiceError as error:
            yield Reasons.not_written(rule=key, key=key, what=what, error=f"{error.service}: {error}")


def _writings(key: str, jira: JiraClient, inputs: JiraAnnotateInputs) -> Iterator[tuple[str, Callable[[], None]]]:
    deploy = Deploy(
        run_url=str(inputs.run_url),
        environment=inputs.environment,
        version=inputs.version,
        outcome=inputs.outcome,
        note=inputs.note,
    )
    issue = f"issue/{escaped(key)}"
    yield "the link to the run", partial(jira.write, f"{issue}/remotelink", remote_link(deploy))
    if inputs.comment or inputs.note:
        yield "the comment", partial(_comment_once, jira, f"{issue}/comment", deploy)
    if inputs.transition_to:
        yield "the transition", partial(_transition, jira, key, inputs.transition_to)
    if inputs.fix_version:
        yield "the fix version", partial(_add_version, jira, key, inputs.fix_version)


def _comment_once(jira: JiraClient, path: str, deploy: Deploy) -> None:
    """One comment a deploy: a re-run finds the address of the run in the comments, and adds none."""
    newest = jira.read(f"{path}?orderBy=-created&maxResults=100", Comments).comments
    if not any(is_about(deploy, one.body) for one in newest):
        jira.write(path, {"body": comment(deploy, document=jira.is_cloud)})


def _transition(jira: JiraClient, key: str, category: str) -> None:
    """Moves the issue, unless it is in that category already. Raises Malformed where no transition leads there."""
    issue = jira.issue(key)
    if issue and issue.category == category:
        return
    offered = jira.read(f"issue/{escaped(key)}/transitions", Transitions).transitions
    leading = next((one for one in offered if one.to.status_category.key == category), None)
    if leading is None:
        raise Malformed("Jira", "moving the issue", f"no transition leads to a status of category {category}")
    jira.write(f"issue/{escaped(key)}/transitions", {"transition": {"id": leading.id}})


def _add_version(jira: JiraClient, key: str, version: str) -> None:
    project = project_of(key)
    names = {one.name.casefold(): one.name for one in jira.read(f"project/{escaped(project)}/versions", Versions)}
    name = names.get(version.casefold(), version)
    if name not in names.values():
        jira.write("version", {"name": name, "project": project})
    body = {"update": {"fixVersions": [{"add": {"name": name}}]}}
    jira.write(f"issue/{escaped(key)}", body, method="PUT")


ACTION = Action(
    run=run, inputs=JiraAnnotateInputs, outputs=JiraAnnotateOutputs, reasons=Reasons, permissions={}, blocks=False
)
