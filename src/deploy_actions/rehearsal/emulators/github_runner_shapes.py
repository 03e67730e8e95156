"""Self-hosted runners and their groups in GitHub's shape."""

from deploy_actions.rehearsal.emulators.github_gate import Json
from deploy_actions.rehearsal.emulators.github_runners_state import Runner, RunnerGroup
from deploy_actions.rehearsal.emulators.github_shapes import number

_READ_ONLY = {"self-hosted", "linux", "macos", "windows", "x64", "arm", "arm64"}
"""Labels that a runner gives itself: https://docs.github.com/actions/reference/runners/self-hosted-runners."""


def runner_shape(runner: Runner, group: int) -> Json:
    """A `runner`; `group` is the id of its group."""
    return {
        "id": number(runner.name) if runner.id is None else runner.id,
        "name": runner.name,
        "os": runner.os,
        "status": runner.status,
        "busy": runner.busy,
        "ephemeral": runner.ephemeral,
        "version": runner.version,
        "runner_group_id": group,
        "labels": [_label(name) for name in runner.labels],
    }


def hosted_runner_shape(name: str, group: int) -> Json:
    """A larger runner of GitHub's own: https://docs.github.com/rest/actions/hosted-runners; `group` is an id."""
    return {
        "id": number(name),
        "name": name,
        "runner_group_id": group,
        "platform": "linux-x64",
        "status": "Ready",
        "maximum_runners": 10,
        "public_ip_enabled": False,
    }


def group_id(group: RunnerGroup) -> int:
    """The id of a group."""
    return number(group.name) if group.id is None else group.id


def organization_group_shape(url: str, group: RunnerGroup) -> Json:
    """A `runner-groups-org`; `url` is that of the organization's groups."""
    return {
        **_group(url, group),
        "inherited": group.inherited,
        **_selected(url, group, "repositories"),
        "hosted_runners_url": f"{url}/{group_id(group)}/hosted-runners",
    }


def enterprise_group_shape(url: str, group: RunnerGroup) -> Json:
    """A group as an enterprise has it; `url` is that of the enterprise's groups."""
    return {**_group(url, group), **_selected(url, group, "organizations")}


def _group(url: str, group: RunnerGroup) -> Json:
    return {
        "id": group_id(group),
        "name": group.name,
        "visibility": group.visibility,
        "default": group.default,
        "runners_url": f"{url}/{group_id(group)}/runners",
        "allows_public_repositories": group.allows_public_repositories,
        "restricted_to_workflows": group.restricted_to_workflows,
        "selected_workflows": group.selected_workflows,
        "workflow_restrictions_read_only": group.inherited,
    }


def _selected(url: str, group: RunnerGroup, what: str) -> Json:
    selected = {f"selected_{what}_url": f"{url}/{group_id(group)}/{what}"}
    return {**selected} if group.visibility == "selected" else {}


def _label(name: str) -> Json:
    kind = "read-only" if name.casefold() in _READ_ONLY else "custom"
    return {"id": number(name), "name": name, "type": kind}
