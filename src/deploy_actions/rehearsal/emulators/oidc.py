"""The runner's OIDC issuer on loopback: what `ACTIONS_ID_TOKEN_REQUEST_URL` and its request token give a job.

    with OidcIssuer(Oidc(request_token="…", claims={"sub": …, "repository": …})) as issuer: … issuer.request_url …

Claims and their times as in https://docs.github.com/actions/reference/openid-connect-reference.
"""

import uuid
from datetime import UTC, datetime
from http import HTTPStatus

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

ISSUER = "https://token.actions.githubusercontent.com"
ROUTES: "Routes[Oidc]" = Routes()
_LIVES_SECONDS = 300
_VALID_BEFORE_SECONDS = 600
_KEY_ID = "emulated-key"


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


class Oidc(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """An issuer. `claims` stand beside those it always makes, and in their place. `private_key` is RSA in PEM."""

    request_token: str
    claims: dict[str, str | int | bool] = {}
    private_key: str = msgspec.field(default_factory=_new_key)
    down: bool = False


class OidcIssuer(Emulator[Oidc]):
    """The issuer; `request_url` is for `ACTIONS_ID_TOKEN_REQUEST_URL`, to which clients append `&audience=`."""

    routes = ROUTES

    @property
    def request_url(self) -> str:
        """The address with the query that the runner gives it."""
        return f"{self.url}/idtoken?api-version=2.0"

    @property
    def public_key(self) -> str:
        """The key that verifies the tokens, as PEM."""
        key = serialization.load_pem_private_key(self.state.private_key.encode(), password=None).public_key()
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return key.public_bytes(*form).decode()

    def guard(self, _request: Request, /) -> None:
        """Raises Refusal when the issuer is down."""
        if self.state.down:
            raise Refusal(Answer(HTTPStatus.SERVICE_UNAVAILABLE, {"message": "Service unavailable"}))


@ROUTES.route("GET", "/idtoken")
def get_id_token(oidc: Oidc, request: Request) -> Answer:
    """A token for the audience, by default the owner of the repository."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or value != oidc.request_token:
        return Answer(HTTPStatus.UNAUTHORIZED, {"message": "Not authorized"})
    owner = str(oidc.claims.get("repository", "acme/orders")).partition("/")[0]
    now = int(datetime.now(UTC).timestamp())
    claims: dict[str, str | int | bool] = {
        "jti": str(uuid.uuid4()),
        "aud": request.query.get("audience", f"https://github.com/{owner}"),
        "iss": ISSUER,
        "nbf": now - _VALID_BEFORE_SECONDS,
        "iat": now,
        "exp": now + _LIVES_SECONDS,
        **oidc.claims,
    }
    token = jwt.encode(claims, oidc.private_key, algorithm="RS256", headers={"kid": _KEY_ID})
    return Answer(HTTPStatus.OK, {"count": 1, "value": token})
