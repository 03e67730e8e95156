"""The runners and the environment of a scenario, as GitHub's emulator has them."""

from datetime import datetime, timedelta

from deploy_actions.rehearsal.emulators.github import Deprecation, Organization, Protection, Runner, RunnerGroup
from deploy_actions.rehearsal.github_scenario import GitHubWorld, RegisteredRunner, seconds_of

_EXTRA_LABELS = ("self-hosted", "build")


def registered(world: GitHubWorld) -> list[Runner]:
    """The runners that are registered in the repository itself."""
    return [_runner(one) for one in world.runners if one.group is None]


def organization(world: GitHubWorld, repository: str) -> Organization:
    """The organization of the repository, with a group of runners for each that is named."""
    groups: dict[str, list[Runner]] = {}
    for one in (*world.runners, *_extra(world)):
        if one.group is not None:
            groups.setdefault(one.group, []).append(_runner(one))
    return Organization([_group(name, runners, repository, world) for name, runners in groups.items()])


def protection(world: GitHubWorld) -> Protection:
    """How the environment is protected."""
    by_pattern = bool(world.branches or world.tags) and not world.protected_branches
    return Protection(
        reviewers=list(world.reviewers),
        reviewer_teams=list(world.reviewer_teams),
        prevent_self_review=world.prevent_self_review,
        wait_timer=world.wait_timer,
        protected_branches=world.protected_branches,
        branches=list(world.branches) if by_pattern else None,
        tags=list(world.tags) if by_pattern else [],
        custom_rules=list(world.custom_rules),
        can_admins_bypass=world.administrators_may_bypass,
    )


def deprecations(world: GitHubWorld, now: datetime) -> dict[str, Deprecation] | None:
    """Until when each version of the runner is served."""
    if world.deprecations is None:
        return None
    return {
        version: Deprecation(now + timedelta(seconds=seconds_of(lasts)))
        for version, lasts in world.deprecations.items()
    }


def _group(name: str, runners: list[Runner], repository: str, world: GitHubWorld) -> RunnerGroup:
    """A group that the repository alone may use."""
    return RunnerGroup(name, runners, "selected", [repository], allows_public_repositories=not world.private)


def _extra(world: GitHubWorld) -> list[RegisteredRunner]:
    return [RegisteredRunner(f"fleet-{number:04}", _EXTRA_LABELS) for number in range(1, world.extra_runners + 1)]


def _runner(one: RegisteredRunner) -> Runner:
    return Runner(
        one.name,
        list(one.labels),
        status=one.status,
        busy=one.busy,
        version=one.version,
        ephemeral=one.ephemeral,
    )
