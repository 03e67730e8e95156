"""GitHub as a scenario has it: an emulator with the scenario's secrets, tokens and app."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from deploy_actions.rehearsal.emulators.github import (
    App,
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Repository,
    Token,
)
from deploy_actions.rehearsal.scenario import AgedSecret, GitHubWorld, seconds_of

REPOSITORY = "acme/orders"
ENVIRONMENT = "production"
APP_ID = "1"
APP_KEY = "GITHUB_APP_KEY"
"""The secret that holds the app's private key, where a scenario has one."""

JOB_TOKEN = "rehearsal-token-of-the-job"  # noqa: S105  # the emulator alone knows it
_OF_THE_JOB = {"contents": "read", "deployments": "read", "pull_requests": "read"}
_PERMISSIONS = {"secrets": "read", "environments": "read", "metadata": "read", "contents": "read"}


@contextmanager
def github(world: GitHubWorld, secrets: Mapping[str, str], sha: str) -> Iterator[str]:
    """The address of a running emulator; `sha` is the commit that is deployed."""
    with GitHubEmulator(_state(world, secrets, sha)) as emulator:
        yield emulator.url


def _state(world: GitHubWorld, secrets: Mapping[str, str], sha: str) -> GitHub:
    now = datetime.now(UTC).replace(microsecond=0)
    written: dict[str, dict[str, datetime]] = {"environment": {}, "repository": {}, "organization": {}}
    for name in secrets:
        aged = world.secrets.get(name, AgedSecret())
        written[aged.lives_in][name] = now - timedelta(seconds=seconds_of(aged.age))
    *before, last = world.commits
    commits = [*(Commit(f"{number:040x}", message) for number, message in enumerate(before, 1)), Commit(sha, last)]
    return GitHub(
        tokens={
            JOB_TOKEN: Token(kind="installation", permissions=_OF_THE_JOB),
        }
        | {
            secrets[name]: Token(expires=now + timedelta(seconds=seconds_of(lasts)) if lasts else None)
            for name, lasts in world.tokens.items()
        },
        apps={APP_ID: _app(secrets[APP_KEY])} if APP_KEY in secrets else {},
        repositories={
            REPOSITORY: Repository(
                secrets=written["repository"],
                environments={ENVIRONMENT: written["environment"]},
                organization_secrets=written["organization"],
                commits=commits,
                deployments=[Deployment(commits[0].sha, now, states=["success"])] if before else [],
            )
        },
        down=world.down,
    )


def _app(private_key: str) -> App:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    public = load_pem_private_key(private_key.encode(), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return App(public_key=pem, installation_id=1, permissions=_PERMISSIONS, repositories=[REPOSITORY])
