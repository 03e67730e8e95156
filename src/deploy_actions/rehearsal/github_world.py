"""GitHub as a scenario has it: an emulator with the scenario's secrets, tokens, app, commits and past deploys."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha1

import msgspec

from deploy_actions.rehearsal.emulators.github import (
    App,
    Approval,
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Job,
    Member,
    Repository,
    Run,
    Step,
    Token,
    Variable,
)
from deploy_actions.rehearsal.github_pools import deprecations, organization, protection, registered
from deploy_actions.rehearsal.github_scenario import AgedSecret, GitHubWorld, PastDeploy, seconds_of

ORGANIZATION = "acme"
REPOSITORY = f"{ORGANIZATION}/orders"
ENVIRONMENT = "production"
GROUP = "production-deploy"
DEPLOY_STEP = "Deploy"
APP_ID = "1"
APP_KEY = "GITHUB_APP_KEY"
"""The secret that holds the app's private key, where a scenario has one."""

OWN_RUN = 100
"""The id of the rehearsed run; those of past deploys are smaller, those that wait larger."""

JOB_TOKEN = "rehearsal-token-of-the-job"  # noqa: S105  # the emulator alone knows it
_OF_THE_JOB = {"contents": "read", "deployments": "read", "pull_requests": "read", "actions": "read"}
_PERMISSIONS = {
    "secrets": "read",
    "environments": "read",
    "metadata": "read",
    "contents": "read",
    "administration": "read",
    "organization_self_hosted_runners": "read",
    "actions_variables": "read",
}
_FIRST = PastDeploy(commit=1, states=("in_progress", "success"))


@contextmanager
def github(world: GitHubWorld, secrets: Mapping[str, str], sha: str) -> Iterator[str]:
    """The address of a running emulator; `sha` is the commit that is deployed."""
    with GitHubEmulator(_state(world, secrets, sha)) as emulator:
        yield emulator.url


def sha_of(number: int) -> str:
    """The SHA of a commit that is only told of, counted from 1."""
    return sha1(f"commit {number}".encode(), usedforsecurity=False).hexdigest()


def _state(world: GitHubWorld, secrets: Mapping[str, str], sha: str) -> GitHub:
    now = datetime.now(UTC).replace(microsecond=0)
    return GitHub(
        tokens={JOB_TOKEN: Token(kind="installation", permissions=_OF_THE_JOB)}
        | {
            secrets[name]: Token(expires=now + timedelta(seconds=seconds_of(lasts)) if lasts else None)
            for name, lasts in world.tokens.items()
        },
        apps={APP_ID: _app(world, secrets[APP_KEY])} if APP_KEY in secrets else {},
        repositories={REPOSITORY: _repository(world, secrets, sha, now)},
        organizations={ORGANIZATION: organization(world, REPOSITORY)},
        deprecations=deprecations(world, now),
        faults=[msgspec.structs.replace(fault) for fault in world.faults],  # each counts down by itself
        down=world.down,
    )


def _repository(world: GitHubWorld, secrets: Mapping[str, str], sha: str, now: datetime) -> Repository:
    written = _written(world, secrets, now)
    commits = _commits(world, sha)
    past = _past(world)
    return Repository(
        secrets=written["repository"],
        environments={ENVIRONMENT: written["environment"]} if world.environment_exists else {},
        organization_secrets=written["organization"],
        commits=commits,
        deployments=[_deployment(one, commits, place, now) for place, one in enumerate(past, 1)],
        runs=[
            *(_past_run(one, commits, place, now) for place, one in enumerate(past, 1)),
            _own_run(world, sha, now),
            *(_waiting_run(commits[number - 1].sha, number, now) for number in world.waiting),
        ],
        protections={ENVIRONMENT: protection(world)} if world.environment_exists else {},
        concurrency_groups={GROUP: _line(world)},
        runners=registered(world),
        variables={
            name: Variable(one.value, now - timedelta(seconds=seconds_of(one.age)))
            for name, one in world.variables.items()
        },
        is_default_branch_protected=world.protected_branches,
        visibility="private" if world.private else "public",
    )


def _written(world: GitHubWorld, secrets: Mapping[str, str], now: datetime) -> dict[str, dict[str, datetime]]:
    """When each secret was last written, by where it lives."""
    written: dict[str, dict[str, datetime]] = {"environment": {}, "repository": {}, "organization": {}}
    for name in secrets:
        aged = world.secrets.get(name, AgedSecret())
        written[aged.lives_in][name] = now - timedelta(seconds=seconds_of(aged.age))
    return written


def _commits(world: GitHubWorld, sha: str) -> list[Commit]:
    deployed = world.deployed or len(world.commits)
    shas = [sha if number == deployed else sha_of(number) for number in range(1, len(world.commits) + 1)]
    return [
        Commit(
            shas[number - 1],
            message,
            parents=[shas[world.parents[number] - 1]] if number in world.parents else None,
            files=list(world.files.get(number, ())),
        )
        for number, message in enumerate(world.commits, 1)
    ]


def _past(world: GitHubWorld) -> tuple[PastDeploy, ...]:
    if world.deploys is not None:
        return world.deploys
    return (_FIRST,) if len(world.commits) > 1 else ()


def _deployment(one: PastDeploy, commits: list[Commit], place: int, now: datetime) -> Deployment:
    made = now - timedelta(hours=2) + timedelta(minutes=place)
    return Deployment(commits[one.commit - 1].sha, made, states=list(one.states), run=place, job=place)


def _past_run(one: PastDeploy, commits: list[Commit], place: int, now: datetime) -> Run:
    made = now - timedelta(hours=2) + timedelta(minutes=place)
    going = one.step == "in_progress"
    step = Step(DEPLOY_STEP, "in_progress" if going else "completed", None if one.step == "in_progress" else one.step)
    job = Job(
        id=place,
        name="deploy",
        created_at=made,
        status="in_progress" if going else "completed",
        conclusion=None if going else ("success" if one.step == "success" else "failure"),
        steps=[Step("Check the secrets", conclusion="success"), step],
    )
    sha = commits[one.commit - 1].sha
    return Run(id=place, head_sha=sha, created_at=made, status=job.status, number=place, jobs=[job])


def _own_run(world: GitHubWorld, sha: str, now: datetime) -> Run:
    reviews = [Approval(world.approved_by, environments=[ENVIRONMENT])] if world.approved_by else []
    created = now - timedelta(minutes=10)
    job = Job(
        id=OWN_RUN,
        name="production / deploy",
        created_at=created,
        started_at=now,
        status="in_progress",
        labels=list(world.own_runner_labels),
        runner=world.own_runner,
        runner_group=world.own_runner_group,
    )
    return Run(
        id=OWN_RUN,
        head_sha=sha,
        created_at=created,
        status="in_progress",
        number=OWN_RUN,
        event="push",
        jobs=[job],
        approvals=reviews,
    )


def _waiting_run(sha: str, number: int, now: datetime) -> Run:
    run = OWN_RUN + number
    return Run(id=run, head_sha=sha, created_at=now, status="pending", number=run, event="push")


def _line(world: GitHubWorld) -> list[Member]:
    return [Member(OWN_RUN, "in_progress"), *(Member(OWN_RUN + number) for number in world.waiting)]


def _app(world: GitHubWorld, private_key: str) -> App:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    public = load_pem_private_key(private_key.encode(), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    permissions = dict(_PERMISSIONS if world.app_permissions is None else world.app_permissions)
    return App(public_key=pem, installation_id=1, permissions=permissions, repositories=[REPOSITORY])
