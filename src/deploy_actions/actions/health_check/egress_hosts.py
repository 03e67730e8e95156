"""The hosts that a self-hosted runner must reach. Data.

Source: GitHub's documentation, "Self-hosted runners reference", "Accessible domains by function". Where that
has `*.actions.githubusercontent.com`, these are the hosts that runners and the toolkit ask. Accounts of storage
(`*.blob.core.windows.net`) and registries of packages (`*.pkg.github.com`) have no host that stands for all.
"""

GITHUB = (
    ("github.com", "sign-in of the runner, checkout"),
    ("api.github.com", "the REST API"),
    ("codeload.github.com", "download of actions"),
    ("pkg.actions.githubusercontent.com", "download of immutable actions"),
    ("broker.actions.githubusercontent.com", "assignment of jobs"),
    ("token.actions.githubusercontent.com", "OIDC tokens"),
    ("objects.githubusercontent.com", "updates of the runner"),
    ("release-assets.githubusercontent.com", "updates of the runner"),
    ("results-receiver.actions.githubusercontent.com", "logs, summaries, artifacts"),
    ("pipelines.actions.githubusercontent.com", "jobs"),
    ("ghcr.io", "container images"),
)
"""Name, and what it is needed for."""
