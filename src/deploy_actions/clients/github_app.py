"""Mints an installation token of a GitHub App for one repository and some permissions, and takes it back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import msgspec

from deploy_actions.clients.rest import decoded
from deploy_actions.core.ports import Http, HttpRequest, Masks
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, ServiceError

_LIFE_SECONDS = 9 * 60
"""GitHub takes at most 10 minutes (docs, "Generating a JSON Web Token (JWT) for a GitHub App")."""

_BACKDATED_SECONDS = 60
"""So that a clock that is a little ahead does no harm; the same page recommends it."""

_LEVELS = {"read": 1, "write": 2, "admin": 3}
_CREATED, _UNPROCESSABLE = 201, 422


class App(msgspec.Struct, frozen=True):
    """A GitHub App as it is asked for a token: `identity` is its client id or its id.

    `permissions` are those of the REST API's "Create an installation access token for an app", with the level of each.
    """

    api: str
    identity: str
    private_key: Secret
    repository: str
    permissions: Mapping[str, str]


class _Installation(msgspec.Struct):
    id: int
    permissions: dict[str, str] | None = None


class _Token(msgspec.Struct):
    token: str
    permissions: dict[str, str] = {}


class Minted(msgspec.Struct):
    """A token that is good until it is taken back; `problem` says why that failed."""

    token: Secret
    problem: str = ""


@contextmanager
def minted(app: App, http: Http, masks: Masks, now: datetime) -> Iterator[Minted]:
    """A token, masked before anything else, and revoked in the end.

    Raises `Refused` when GitHub does not know the key, or the app has not the permissions; else any ServiceError.
    """
    signed = _signed(app, now)
    found = http.send(HttpRequest.bearer(f"{app.api}/repos/{app.repository}/installation", signed))
    installation = decoded(found.body, _Installation, "GitHub")
    if installation.permissions is not None:
        _refuse_lacking(app.permissions, installation.permissions, "the app's installation is")
    token = _mint(app, http, signed, installation.id)
    holder = Minted(Secret(token.token))
    try:
        masks.register("an installation token", [holder.token])
        _refuse_lacking(app.permissions, token.permissions, "it was granted")
        yield holder
    finally:
        holder.problem = _revoke(app, http, holder.token)


def _mint(app: App, http: Http, signed: Secret, installation: int) -> _Token:
    wanted = {"repositories": [app.repository.partition("/")[2]], "permissions": dict(app.permissions)}
    request = HttpRequest.bearer(
        f"{app.api}/app/installations/{installation}/access_tokens",
        signed,
        method="POST",
        body=msgspec.json.encode(wanted),
        expected=(_CREATED, _UNPROCESSABLE),
    )
    response = http.send(request)
    if response.status == _UNPROCESSABLE:
        raise Refused("GitHub", "minting a token", "the app has not the permissions or the repository asked for")
    return decoded(response.body, _Token, "GitHub")


def _refuse_lacking(wanted: Mapping[str, str], granted: Mapping[str, str], whose: str) -> None:
    """Raises Refused that names each permission that is missing, or too weak."""
    lacking = [
        f"`{name}: {level}`"
        for name, level in wanted.items()
        if _LEVELS.get(granted.get(name, ""), 0) < _LEVELS.get(level, 0)
    ]
    if lacking:
        raise Refused("GitHub", "minting a token", f"{whose} without {', '.join(lacking)}")


def _revoke(app: App, http: Http, token: Secret) -> str:
    request = HttpRequest.bearer(f"{app.api}/installation/token", token, method="DELETE", accept="*/*")
    try:
        http.send(request)
    except ServiceError as error:
        return f"the minted token could not be revoked ({error}); it ends by itself within the hour"
    return ""


def _signed(app: App, now: datetime) -> Secret:
    import jwt  # 80 ms with the cryptography package, which only an app pays for
    from cryptography.exceptions import UnsupportedAlgorithm

    seconds = int(now.timestamp())
    claims = {"iat": seconds - _BACKDATED_SECONDS, "exp": seconds + _LIFE_SECONDS, "iss": app.identity}
    try:
        return Secret(jwt.encode(claims, app.private_key.reveal(), algorithm="RS256"))
    except (jwt.InvalidKeyError, UnsupportedAlgorithm, ValueError, TypeError, AttributeError):
        raise Malformed("GitHub", "signing", "the app's private key cannot be read") from None
