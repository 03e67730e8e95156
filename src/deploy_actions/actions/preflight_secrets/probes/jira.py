"""Asks Jira who the credential belongs to."""

from deploy_actions.actions.preflight_secrets.probes.http import basic
from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.core.address_types import Url
from deploy_actions.core.declare import optional, required
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret


class JiraProbe(Probe, frozen=True):
    """`GET /rest/api/3/myself` with basic authentication on Cloud, `/rest/api/2/myself` with a bearer token else."""

    url: Url = required("Where Jira is, as in `https://acme.atlassian.net`.")
    user: str = optional("", "The e-mail address that the API token belongs to: Cloud. Without it: Data Center.")

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        version = "3" if self.user else "2"
        header = ("Basic ", basic(self.user, secret)) if self.user else ("Bearer ", secret)
        address = f"{self.url}/rest/api/{version}/myself"
        worlds.http.send(HttpRequest(url=address, secret_headers={"Authorization": header}))
        return Answer(str(self.url))
