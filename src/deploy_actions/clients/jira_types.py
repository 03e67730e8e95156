"""The inputs that every action has that talks to Jira."""

from typing import ClassVar

from msgspec.structs import replace

from deploy_actions.clients.jira import JiraClient, JiraSite, server_info
from deploy_actions.clients.patience import Patience
from deploy_actions.core.address_types import Url
from deploy_actions.core.choices import Choice
from deploy_actions.core.declare import Inputs, optional, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.secret import Secret


class DeploymentType(Choice):
    """Which Jira it is."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("auto", "cloud", "data-center")


class JiraInputs(Inputs, frozen=True):
    """Where Jira is and as whom it is asked."""

    jira_url: Url = required(
        "Where Jira is, with its context path if it has one, as in `https://acme.atlassian.net`; for scoped tokens and "
        "service accounts of Cloud the gateway, `https://api.atlassian.com/ex/jira/CLOUD_ID`."
    )
    jira_token: Secret = required(
        "An API token (Cloud) or personal access token (Data Center) that may browse projects."
    )
    jira_user: str = optional(
        "", "The e-mail address that the token belongs to: basic authentication; without it, bearer."
    )
    deployment_type: DeploymentType = optional(
        "auto", "Which Jira it is: `cloud`, `data-center`, or `auto`: the site is asked."
    )
    ca_bundle: str | None = optional("", "Certificates in PEM that Jira's may chain to, besides those of the host.")
    timeout: Duration = optional("60s", "How long all requests together may take, with the waits that Jira asks for.")

    def client(self, patience: Patience) -> JiraClient:
        """The site, ready to be asked. Raises ServiceError when it must be asked what it is and does not answer."""
        site = JiraSite(url=self.jira_url, user=self.jira_user, token=self.jira_token, authorities=self.ca_bundle)
        if self.deployment_type == "auto":
            info = server_info(site, patience)
            return JiraClient(replace(site, seen_at=info.base_url.rstrip("/")), info.flavour, patience)
        return JiraClient(site, "cloud" if self.deployment_type == "cloud" else "data-center", patience)
