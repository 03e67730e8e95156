"""The kinds of credential that are known, one module a kind, tried in this order. Pure: reads values, touches nothing.

A kind is a module with a `KIND`; adding one is a file and a line here.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from deploy_actions.credentials.credential import Kind

_HINTS: dict[str, tuple[str, ...]] = {
    "jwt": ("ey",),
    "github-token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "npm-token": ("npm_",),
    "pypi-token": ("pypi-",),
    "slack-token": ("xox", "xapp-", "hooks.slack"),
    "atlassian-token": ("ATATT3", "ATCTT3", "ATSTT3", "ATBB"),
    "age-key": ("AGE-",),
    "gpg-key": ("PGP PRIVATE",),
    "openssh-certificate": ("-cert-v01@",),
    "openssh-private-key": ("OPENSSH PRIVATE",),
    "google-service-account": ("service_account",),
    "docker-config": ('"auths"',),
    "kubeconfig": ("apiVersion",),
    "x509": ("BEGIN CERTIFICATE", "MI"),
    "pem-private-key": ("PRIVATE KEY",),
    "pkcs12": ("MI",),
    "aws-presigned-url": ("X-Amz-",),
    "aws-credentials": ("AKIA", "ASIA"),
    "azure-sas": ("sig=", "se="),
    "dsn": ("://",),
}
"""By the name of each kind, texts of which at least one is in every value of that kind: others need not load it.

What holds another kind inside comes before it: a kubeconfig holds a certificate. Loading all costs every step 15 ms.
"""

OPAQUE = "opaque"
"""The kind of a value that states nothing about itself: only its presence can be checked."""


class _Kinds(Mapping[str, Kind]):
    """Every kind by its name; a kind's module is loaded when it is first asked for."""

    def __getitem__(self, name: str) -> Kind:
        if name not in _HINTS:
            raise KeyError(name)
        kind: Kind = import_module(f"{__name__}.{name.replace('-', '_')}").KIND
        return kind

    def __iter__(self) -> Iterator[str]:
        return iter(_HINTS)

    def __len__(self) -> int:
        return len(_HINTS)


KINDS: Mapping[str, Kind] = _Kinds()


def kind_of(value: str) -> Kind | None:
    """The first kind that recognises the value, or None."""
    likely = (KINDS[name] for name, hints in _HINTS.items() if any(hint in value for hint in hints))
    return next((kind for kind in likely if kind.recognises(value)), None)
