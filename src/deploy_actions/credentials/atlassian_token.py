"""API tokens of Atlassian (Jira, Confluence, Bitbucket), by their shape; Atlassian alone knows their end."""

import re

from deploy_actions.credentials.credential import Credential, Kind, Unreadable

_SHAPES = (
    (re.compile(r"ATATT3[A-Za-z0-9_=-]{30,400}=[0-9A-F]{8}"), "Atlassian API token"),
    (re.compile(r"ATCTT3[A-Za-z0-9_=-]{30,400}=[0-9A-F]{8}"), "Bitbucket access token"),
    (re.compile(r"ATSTT3[A-Za-z0-9_=-]{30,400}=[0-9A-F]{8}"), "Atlassian service-account token"),
    (re.compile(r"ATBB[A-Za-z0-9]{28,36}"), "Bitbucket app password"),
)


def recognises(value: str) -> bool:
    """One of Atlassian's prefixes."""
    return value.startswith(("ATATT3", "ATCTT3", "ATSTT3", "ATBB"))


def read(value: str) -> Credential:
    """Which token it is. Raises Unreadable."""
    kind = next((words for shape, words in _SHAPES if shape.fullmatch(value)), None)
    if kind is None:
        raise Unreadable("it has not the shape of an Atlassian token, as if it were cut off")
    return Credential(kind=kind, note="It ends within a year of its making; Atlassian alone knows when.")


KIND = Kind(
    name="atlassian-token",
    title="Atlassian API token, Bitbucket access token or app password",
    checked="prefix and shape",
    not_checked="end and permissions, which Atlassian alone knows (see `probe: jira`)",
    source="https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
    recognises=recognises,
    read=read,
)
