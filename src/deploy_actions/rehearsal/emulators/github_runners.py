"""GitHub's routes for self-hosted runners, wherever they are registered, and for the versions that it still serves."""

from collections.abc import Iterable
from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_gate import Json, moment, not_found, page, permitted
from deploy_actions.rehearsal.emulators.github_owner_gate import permitted_enterprise, permitted_organization
from deploy_actions.rehearsal.emulators.github_runner_shapes import group_id, runner_shape
from deploy_actions.rehearsal.emulators.github_runners_state import Runner, RunnerGroup
from deploy_actions.rehearsal.emulators.github_state import GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_REPOSITORY = "/repos/{owner}/{repo}/actions/runners"
_ORGANIZATION = "/orgs/{org}/actions/runners"
_ENTERPRISE = "/enterprises/{enterprise}/actions/runners"
_OF_ORGANIZATION = "organization_self_hosted_runners"
_DEFAULT_GROUP = 1
"""The group of a runner that is registered in a repository, which has no other."""


@ROUTES.route("GET", _REPOSITORY)
def list_repository_runners(github: GitHub, request: Request) -> Answer:
    """The runners that are registered in the repository itself, not those that are shared with it."""
    _, repository = permitted(github, request, "administration")
    return _page(request, [(runner, _DEFAULT_GROUP) for runner in repository.runners])


@ROUTES.route("GET", _ORGANIZATION)
def list_organization_runners(github: GitHub, request: Request) -> Answer:
    """The runners that are registered in the organization; what it inherits is registered in the enterprise."""
    _, organization = permitted_organization(github, request, _OF_ORGANIZATION)
    return _page(request, _members(group for group in organization.runner_groups if not group.inherited))


@ROUTES.route("GET", _ENTERPRISE)
def list_enterprise_runners(github: GitHub, request: Request) -> Answer:
    """The runners that are registered in the enterprise."""
    _, enterprise = permitted_enterprise(github, request)
    return _page(request, _members(enterprise.runner_groups))


@ROUTES.route("GET", f"{_REPOSITORY}/deprecations/{{version}}")
def get_deprecation_for_repository(github: GitHub, request: Request) -> Answer:
    """Until when GitHub serves a version of the runner."""
    permitted(github, request, "administration")
    return _deprecation(github, request)


@ROUTES.route("GET", f"{_ORGANIZATION}/deprecations/{{version}}")
def get_deprecation_for_organization(github: GitHub, request: Request) -> Answer:
    """Until when GitHub serves a version of the runner."""
    permitted_organization(github, request, _OF_ORGANIZATION)
    return _deprecation(github, request)


def _members(groups: Iterable[RunnerGroup]) -> list[tuple[Runner, int]]:
    return [(runner, group_id(group)) for group in groups for runner in group.runners]


def _page(request: Request, runners: list[tuple[Runner, int]]) -> Answer:
    """A page of the runners, each with the id of its group; of those of one name, if the query asks for it."""
    name = request.query.get("name")
    shapes = [runner_shape(runner, group) for runner, group in runners if name in (None, "", runner.name)]
    return page(request, "runners", shapes)


def _deprecation(github: GitHub, request: Request) -> Answer:
    """GitHub knows the versions of about a year. A date that is not set is not in its answer, whatever it announced.

    Source: https://github.blog/changelog/2026-09-03-github-actions-early-september-2026-updates; what is left out was
    seen of all versions in September 2026.
    """
    version = request.parameters["version"]
    found = (github.deprecations or {}).get(version)
    if found is None:
        raise not_found()
    dates = {"runtime_deprecates_at": found.runtime, "registration_deprecates_at": found.registration}
    body: Json = {name: moment(date) for name, date in dates.items() if date}
    return Answer(HTTPStatus.OK, {"runner_version": version, **body})
