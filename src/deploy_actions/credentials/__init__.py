"""The kinds of credential that are known, one module a kind, tried in this order. Pure: reads values, touches nothing.

A kind is a module with a `KIND`; adding one is a file and a word here.
"""

from deploy_actions.credentials import (
    age_key,
    atlassian_token,
    aws_credentials,
    aws_presigned_url,
    azure_sas,
    docker_config,
    dsn,
    github_token,
    google_service_account,
    gpg_key,
    jwt,
    kubeconfig,
    npm_token,
    openssh_certificate,
    openssh_private_key,
    pem_private_key,
    pkcs12,
    pypi_token,
    slack_token,
    x509,
)
from deploy_actions.credentials.credential import Kind

_IN_ORDER = (
    jwt,
    github_token,
    npm_token,
    pypi_token,
    slack_token,
    atlassian_token,
    age_key,
    gpg_key,
    openssh_certificate,
    openssh_private_key,
    google_service_account,
    docker_config,
    kubeconfig,
    x509,
    pem_private_key,
    pkcs12,
    aws_presigned_url,
    aws_credentials,
    azure_sas,
    dsn,
)
"""What holds another kind inside comes before it: a kubeconfig holds a certificate."""

KINDS: dict[str, Kind] = {module.KIND.name: module.KIND for module in _IN_ORDER}

OPAQUE = "opaque"
"""The kind of a value that states nothing about itself: only its presence can be checked."""


def kind_of(value: str) -> Kind | None:
    """The first kind that recognises the value, or None."""
    return next((kind for kind in KINDS.values() if kind.recognises(value)), None)
