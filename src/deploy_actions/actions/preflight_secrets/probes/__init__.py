"""The probes: each asks the service that a credential is for whether it takes it, with the least call there is."""

from typing import Any

from deploy_actions.actions.preflight_secrets.probes import databases, github, github_app, http, jira, ssh, tls
from deploy_actions.actions.preflight_secrets.probes.probe import Probe
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType

PROBES: dict[str, type[Probe]] = {
    "github": github.GitHubProbe,
    "github-app": github_app.GitHubAppProbe,
    "jira": jira.JiraProbe,
    "http": http.HttpProbe,
    "tls": tls.TlsProbe,
    "ssh": ssh.SshProbe,
    "postgres": databases.PostgresProbe,
    "redis": databases.RedisProbe,
}


def parse(rule: Any) -> Probe:
    """A probe from its name, or from a mapping with `type` and the probe's settings. Raises NotOfType."""
    settings = dict(rule) if isinstance(rule, dict) else {"type": rule}
    name = settings.pop("type", None)
    if not isinstance(name, str) or name not in PROBES:
        raise NotOfType(f"names none of the probes {', '.join(PROBES)}")
    if not all(isinstance(text, str) for text in settings.values()):
        raise NotOfType("has a setting that is not a single value")
    try:
        return PROBES[name].from_texts(settings)
    except InvalidInput as error:
        raise NotOfType(f"has a setting `{error.input_name}` that {error.problem.rstrip('.')}") from None
