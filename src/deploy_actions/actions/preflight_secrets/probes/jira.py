"""Asks Jira who the credential belongs to."""

from deploy_actions.actions.preflight_secrets.probes.probe import Answer, Probe, Worlds
from deploy_actions.clients.jira import JiraSite
from deploy_actions.core.address_types import Url
from deploy_actions.core.declare import optional, required
from deploy_actions.core.secret import Secret


class JiraProbe(Probe, frozen=True):
    """`GET /rest/api/3/myself` with basic authentication on Cloud, `/rest/api/2/myself` with a bearer token else."""

    url: Url = required("Where Jira is, as in `https://acme.atlassian.net`.")
    user: str = optional("", "The e-mail address that the API token belongs to: Cloud. Without it: Data Center.")

    def ask(self, secret: Secret, worlds: Worlds) -> Answer:
        """See `Probe.ask`."""
        site = JiraSite(url=self.url, user=self.user, token=secret)
        worlds.http.send(site.request("3/myself" if self.user else "2/myself"))
        return Answer(str(self.url))
