"""Jira as a scenario has it: an emulator with the scenario's issues, and the account that deploys."""

from collections.abc import Iterator
from contextlib import contextmanager

from deploy_actions.rehearsal.emulators.jira import Jira, JiraEmulator, User

ACCOUNT = "deploys@acme.example"
TOKEN = "JIRA_TOKEN"  # noqa: S105  # a secret's name
EXPIRED = "expired"
"""A value of the secret that Jira does not know."""


@contextmanager
def jira(site: Jira, token: str) -> Iterator[str]:
    """The address of a running emulator; `token` is the value of the secret that the account holds."""
    if token != EXPIRED:
        site.users[f"{ACCOUNT}:{token}" if site.flavour == "cloud" else token] = User("Deploys", ACCOUNT)
    with JiraEmulator(site) as emulator:
        yield emulator.url
