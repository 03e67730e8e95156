"""GitHub's routes for environments and how they are protected."""

from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_environment_shapes import (
    custom_rule_shape,
    pattern_shapes,
    protected_shape,
)
from deploy_actions.rehearsal.emulators.github_environments_state import Protection
from deploy_actions.rehearsal.emulators.github_gate import not_found, page, permitted
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository, find
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_ENVIRONMENTS = "/repos/{owner}/{repo}/environments"
_ENVIRONMENT = f"{_ENVIRONMENTS}/{{environment_name}}"


@ROUTES.route("GET", _ENVIRONMENTS)
def list_environments(github: GitHub, request: Request) -> Answer:
    """The environments of a repository, by name."""
    full_name, repository = permitted(github, request, "actions")
    shapes = [
        protected_shape(request, full_name, name, repository.protections.get(name, Protection()))
        for name in sorted(_names(repository))
    ]
    return page(request, "environments", shapes)


@ROUTES.route("GET", _ENVIRONMENT)
def get_environment(github: GitHub, request: Request) -> Answer:
    """An environment, with a rule for each way in which it is protected."""
    full_name, name, protection = _asked(github, request)
    return Answer(HTTPStatus.OK, protected_shape(request, full_name, name, protection))


@ROUTES.route("GET", f"{_ENVIRONMENT}/deployment-branch-policies")
def list_deployment_branch_policies(github: GitHub, request: Request) -> Answer:
    """The patterns of an environment, none where its policy is another."""
    full_name, name, protection = _asked(github, request)
    return page(request, "branch_policies", pattern_shapes(full_name, name, protection))


@ROUTES.route("GET", f"{_ENVIRONMENT}/deployment_protection_rules")
def list_custom_protection_rules(github: GitHub, request: Request) -> Answer:
    """The rules of apps that are enabled for an environment, all on one page: it can have six."""
    full_name, name, protection = _asked(github, request)
    rules = [custom_rule_shape(request, full_name, name, slug) for slug in protection.custom_rules]
    return Answer(HTTPStatus.OK, {"total_count": len(rules), "custom_deployment_protection_rules": rules})


def asked_environment(repository: Repository, request: Request) -> str:
    """The name of the environment in a request's path. Raises Refusal with 404 for one that is not there."""
    found = find(_names(repository), request.parameters["environment_name"])
    if found is None:
        raise not_found()
    return found[0]


def _names(repository: Repository) -> dict[str, None]:
    return dict.fromkeys([*repository.environments, *repository.protections])


def _asked(github: GitHub, request: Request) -> tuple[str, str, Protection]:
    """Full name of the repository, name of its environment, and how that is protected."""
    full_name, repository = permitted(github, request, "actions")
    name = asked_environment(repository, request)
    return full_name, name, repository.protections.get(name, Protection())
