"""Mints an installation token with a GitHub App's private key, checks what it may do, and revokes it."""

import re
from typing import ClassVar, Self

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.clients.github_app import App, minted
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import optional, required
from deploy_actions.core.input_types import NotOfType, split_list
from deploy_actions.core.secret import Secret


class Permissions(dict[str, str]):
    """Permissions of a token by name."""

    expects: ClassVar[str] = "permissions by newline or comma, as in `contents:read, deployments:write`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        pairs = [re.fullmatch(r"([a-z_]+)\s*:\s*(read|write|admin)", item) for item in split_list(text)]
        if not pairs or not all(pairs):
            raise NotOfType(f"is not {cls.expects}")
        return cls((pair[1], pair[2]) for pair in pairs if pair)


class GitHubAppProbe(Probe, frozen=True):
    """`POST /app/installations/{id}/access_tokens`, then `DELETE /installation/token`."""

    app_id: str = required("The app's client id, or its id.")
    repository: RepositoryName = required("A repository that the app is installed in, as in `acme/orders`.")
    permissions: Permissions = required("What the token must be allowed to do, as in `contents:read`.")
    url: Url = optional("https://api.github.com", "The API; of GHES, `https://HOST/api/v3`.")

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        app = App(self.url, self.app_id, secret, self.repository, self.permissions)
        with minted(app, worlds.http, worlds.masks, worlds.clock.now()) as token:
            pass
        return Answer(str(self.url), concerns=(token.problem,) if token.problem else ())
