"""Asks GitHub for its rate limit, which any valid token may, costs nothing, and tells when the token ends."""

from datetime import UTC, datetime

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.core.address_types import Url
from deploy_actions.core.declare import optional
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

_EXPIRATION = "github-authentication-token-expiration"
_FORMS = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %z")


class GitHubProbe(Probe, frozen=True):
    """`GET /rate_limit` (REST API docs, "Get rate limit status for the authenticated user")."""

    url: Url = optional("https://api.github.com", "The API; of GHES, `https://HOST/api/v3`.")

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        response = worlds.http.send(HttpRequest.bearer(f"{self.url}/rate_limit", secret))
        return Answer(str(self.url), _expires(response.headers.get(_EXPIRATION)))


def _expires(text: str | None) -> datetime | None:
    if text is None:
        return None
    for form in _FORMS:
        try:
            moment = datetime.strptime(text, form)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Malformed("GitHub", "reading the token's end", f"the header {_EXPIRATION} is no date")
