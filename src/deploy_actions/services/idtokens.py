"""The runner's issuer of OpenID Connect tokens (GitHub docs, "OpenID Connect reference")."""

import msgspec

from deploy_actions.core.ports import HttpRequest, IdTokens
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound
from deploy_actions.core.world import World
from deploy_actions.services.http import HttpServers

_SERVICE = "the runner's token service"
_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105  # a variable's name


class RunnerIdTokens:
    """Asks the address that the runner gives to jobs with the permission `id-token: write`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def token(self, audience: str) -> Secret:
        """See `ports.IdTokens`."""
        url, request_token = self._world.environ.get(_URL, ""), self._world.environ.get(_TOKEN, "")
        if not url or not request_token:
            raise NotFound(_SERVICE, "asking for a token", "the job has not the permission `id-token: write`")
        self._world.redactor.add(_TOKEN, request_token)
        answer = HttpServers(environ=self._world.environ).send(
            HttpRequest.bearer(_with(url, audience), Secret(request_token))
        )
        value = _value(answer.body)
        self._world.redactor.add("the OpenID Connect token", value)
        return Secret(value)


def connect(world: World) -> IdTokens:
    """The issuer that this job's environment names."""
    return RunnerIdTokens(world)


def _with(url: str, audience: str) -> str:
    from urllib.parse import quote

    return f"{url}&audience={quote(audience, safe='')}" if audience else url


class _Answer(msgspec.Struct):
    value: str


def _value(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Answer).value
    except (ValueError, RecursionError):
        raise Malformed(_SERVICE, "asking for a token", "its answer holds no token") from None
