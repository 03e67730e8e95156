"""Who asks GitHub for the runners: a token that was given, or one that an app mints for this call alone."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import msgspec

from deploy_actions.actions.route_runner.inputs import RouteRunnerInputs
from deploy_actions.actions.route_runner.policy import EnvironmentRunners
from deploy_actions.actions.route_runner.task import Task
from deploy_actions.clients.github_app import App, Minted, minted
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Refused

_OF_GROUPS = {"organization_self_hosted_runners": "read"}
_OF_REPOSITORY = {"administration": "read"}


class Credential(msgspec.Struct, frozen=True):
    """What can list the runners, and what seals the file of answers: it lasts longer than a minted token."""

    holder: Minted
    seal: Secret


def lacks(inputs: RouteRunnerInputs) -> str:
    """What is not there to ask GitHub with, in words; empty if all is."""
    if inputs.github_token or (inputs.app_id and inputs.app_private_key):
        return ""
    if inputs.app_id:
        return "`app-private-key` is not given, or its secret is empty"
    return "`app-id` is not given" if inputs.app_private_key else "neither `app-id` nor `github-token` is given"


def permissions_of(environment: EnvironmentRunners) -> tuple[Mapping[str, str], ...]:
    """The least that an app must be granted for the pools of a policy; of several, the first that it has.

    Runners of a repository can be shared by its organisation too, which an account of a user has not.
    """
    in_repository = any(pool.group is None for _, pool in environment.pools)
    return ({**_OF_REPOSITORY, **_OF_GROUPS}, _OF_REPOSITORY) if in_repository else (_OF_GROUPS,)


@contextmanager
def credential(task: Task) -> Iterator[Credential]:
    """What asks GitHub; a minted token is masked before anything else, and revoked in the end.

    Raises ServiceError; Refused names the permission that the app lacks.
    """
    given, key = task.inputs.github_token, task.inputs.app_private_key
    if given or not key:
        token = given or Secret("")
        yield Credential(Minted(token), token)
        return
    with ExitStack() as stack:
        yield Credential(_minted(task, key, stack), key)


def _minted(task: Task, key: Secret, stack: ExitStack) -> Minted:
    inputs = task.inputs
    *more, least = permissions_of(task.environment)
    for permissions in (*more, least):
        app = App(inputs.api_url, inputs.app_id, key, inputs.repository, permissions)
        try:
            return stack.enter_context(minted(app, task.http, task.masks, task.clock.now()))
        except Refused:
            if permissions is least:
                raise
    raise AssertionError("there is always a least set of permissions")
