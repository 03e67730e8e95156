"""GitHub's routes for groups of self-hosted runners, of organizations and of enterprises."""

from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_gate import not_found, page
from deploy_actions.rehearsal.emulators.github_owner_gate import permitted_enterprise, permitted_organization
from deploy_actions.rehearsal.emulators.github_runner_shapes import (
    enterprise_group_shape,
    group_id,
    hosted_runner_shape,
    organization_group_shape,
    runner_shape,
)
from deploy_actions.rehearsal.emulators.github_runners_state import Organization, RunnerGroup
from deploy_actions.rehearsal.emulators.github_state import GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_OF_ORGANIZATION = "/orgs/{org}/actions/runner-groups"
_OF_ENTERPRISE = "/enterprises/{enterprise}/actions/runner-groups"
_PERMISSION = "organization_self_hosted_runners"


@ROUTES.route("GET", _OF_ORGANIZATION)
def list_organization_groups(github: GitHub, request: Request) -> Answer:
    """The groups of an organization; with `visible_to_repository`, a name without its owner, those that it may use."""
    login, organization = permitted_organization(github, request, _PERMISSION)
    groups, name = organization.runner_groups, request.query.get("visible_to_repository")
    if name:
        groups = _visible(github, organization, f"{login}/{name}")
    url = _url(request, "orgs", login)
    return page(request, "runner_groups", [organization_group_shape(url, group) for group in groups])


@ROUTES.route("GET", f"{_OF_ORGANIZATION}/{{runner_group_id}}")
def get_organization_group(github: GitHub, request: Request) -> Answer:
    """A group of an organization."""
    login, organization = permitted_organization(github, request, _PERMISSION)
    group = _asked(organization.runner_groups, request)
    return Answer(HTTPStatus.OK, organization_group_shape(_url(request, "orgs", login), group))


@ROUTES.route("GET", f"{_OF_ORGANIZATION}/{{runner_group_id}}/runners")
def list_organization_group_runners(github: GitHub, request: Request) -> Answer:
    """The runners in a group of an organization."""
    _, organization = permitted_organization(github, request, _PERMISSION)
    return _runners(request, _asked(organization.runner_groups, request))


@ROUTES.route("GET", f"{_OF_ORGANIZATION}/{{runner_group_id}}/hosted-runners")
def list_organization_group_hosted_runners(github: GitHub, request: Request) -> Answer:
    """GitHub's own larger runners in a group of an organization."""
    _, organization = permitted_organization(github, request, _PERMISSION)
    group = _asked(organization.runner_groups, request)
    shapes = [hosted_runner_shape(name, group_id(group)) for name in group.hosted_runners]
    return page(request, "runners", shapes)


@ROUTES.route("GET", _OF_ENTERPRISE)
def list_enterprise_groups(github: GitHub, request: Request) -> Answer:
    """The groups of an enterprise; with `visible_to_organization` those that it may use."""
    slug, enterprise = permitted_enterprise(github, request)
    login, url = request.query.get("visible_to_organization"), _url(request, "enterprises", slug)
    groups = [group for group in enterprise.runner_groups if not login or group.admits_organization(login)]
    return page(request, "runner_groups", [enterprise_group_shape(url, group) for group in groups])


@ROUTES.route("GET", f"{_OF_ENTERPRISE}/{{runner_group_id}}")
def get_enterprise_group(github: GitHub, request: Request) -> Answer:
    """A group of an enterprise."""
    slug, enterprise = permitted_enterprise(github, request)
    group = _asked(enterprise.runner_groups, request)
    return Answer(HTTPStatus.OK, enterprise_group_shape(_url(request, "enterprises", slug), group))


@ROUTES.route("GET", f"{_OF_ENTERPRISE}/{{runner_group_id}}/runners")
def list_enterprise_group_runners(github: GitHub, request: Request) -> Answer:
    """The runners in a group of an enterprise."""
    _, enterprise = permitted_enterprise(github, request)
    return _runners(request, _asked(enterprise.runner_groups, request))


def _visible(github: GitHub, organization: Organization, full_name: str) -> list[RunnerGroup]:
    found = github.repository(full_name)
    if found is None:
        raise not_found()
    name, repository = found
    return [group for group in organization.runner_groups if group.admits_repository(name, repository.visibility)]


def _asked(groups: list[RunnerGroup], request: Request) -> RunnerGroup:
    key = request.parameters["runner_group_id"]
    found = next((group for group in groups if str(group_id(group)) == key), None)
    if found is None:
        raise not_found()
    return found


def _runners(request: Request, group: RunnerGroup) -> Answer:
    return page(request, "runners", [runner_shape(runner, group_id(group)) for runner in group.runners])


def _url(request: Request, kind: str, name: str) -> str:
    return f"{request.server}/{kind}/{name}/actions/runner-groups"
