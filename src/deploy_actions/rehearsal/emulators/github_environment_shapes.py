"""Environments and their protection in GitHub's shape."""

from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_environments_state import Protection
from deploy_actions.rehearsal.emulators.github_gate import Json
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, account, number, team
from deploy_actions.rehearsal.emulators.routes import Request


def environment_shape(request: Request, full_name: str, name: str) -> Json:
    """An environment, as it also stands in the reviews of a run."""
    return {**_identity(request, full_name, name), "created_at": CREATED, "updated_at": CREATED}


def protected_shape(request: Request, full_name: str, name: str, protection: Protection) -> Json:
    """An `environment`, with a rule for each way in which it is protected."""
    bypass = protection.can_admins_bypass
    return {
        **environment_shape(request, full_name, name),
        **({} if bypass is None else {"can_admins_bypass": bypass}),
        "protection_rules": _rules(request, full_name, name, protection),
        "deployment_branch_policy": _policy(protection),
    }


def pending_shape(request: Request, full_name: str, name: str, protection: Protection) -> Json:
    """What a `pending-deployment` says of its environment."""
    return {
        "environment": _identity(request, full_name, name),
        "wait_timer": protection.wait_timer,
        "reviewers": _reviewers(request, full_name, protection),
    }


def pattern_shapes(full_name: str, name: str, protection: Protection) -> list[Json]:
    """The patterns of an environment: each a `deployment-branch-policy`, though it may be of tags."""
    patterns = [("branch", pattern) for pattern in protection.branches or ()]
    patterns += [("tag", pattern) for pattern in protection.tags]
    ids = {one: number(f"{full_name} {name} {one}") for one in patterns}
    return [
        {"id": ids[kind, pattern], "node_id": f"DBP_{ids[kind, pattern]}", "name": pattern, "type": kind}
        for kind, pattern in patterns
    ]


def custom_rule_shape(request: Request, full_name: str, name: str, slug: str) -> Json:
    """A `deployment-protection-rule`: an app's that is asked before a job may use the environment."""
    key, app = number(f"{full_name} {name} {slug}"), number(slug)
    url = f"{request.server}/apps/{quote(slug)}"
    return {
        "id": key,
        "node_id": f"GA_{key}",
        "enabled": True,
        "app": {"id": app, "node_id": f"A_{app}", "slug": slug, "integration_url": url},
    }


def _identity(request: Request, full_name: str, name: str) -> Json:
    quoted = quote(name, safe="")
    return {
        "id": number(f"{full_name} {name}"),
        "node_id": f"EN_{number(f'{full_name} {name}')}",
        "name": name,
        "url": f"{request.server}/repos/{full_name}/environments/{quoted}",
        "html_url": f"{HTML}/{full_name}/deployments/activity_log?environments_filter={quoted}",
    }


def _rules(request: Request, full_name: str, name: str, protection: Protection) -> list[Json]:
    """The rules in the order in which GitHub lists them; none for what is not asked for."""
    what, reviewers = f"{full_name} {name}", _reviewers(request, full_name, protection)
    rules: dict[str, Json | None] = {
        "wait_timer": {"wait_timer": protection.wait_timer} if protection.wait_timer else None,
        "required_reviewers": {"prevent_self_review": protection.prevent_self_review, "reviewers": reviewers}
        if reviewers
        else None,
        "branch_policy": {} if _policy(protection) else None,
    }
    return [
        {"id": number(f"{what} {kind}"), "node_id": f"GA_{number(f'{what} {kind}')}", "type": kind, **rule}
        for kind, rule in rules.items()
        if rule is not None
    ]


def _policy(protection: Protection) -> Json | None:
    """Which refs may use it; None for every one."""
    if not (protection.protected_branches or protection.has_patterns):
        return None
    return {"protected_branches": protection.protected_branches, "custom_branch_policies": protection.has_patterns}


def _reviewers(request: Request, full_name: str, protection: Protection) -> list[Json]:
    organization = full_name.partition("/")[0]
    people = [("User", account(request, login, "User")) for login in protection.reviewers]
    teams = [("Team", team(request, organization, slug)) for slug in protection.reviewer_teams]
    return [{"type": kind, "reviewer": reviewer} for kind, reviewer in people + teams]
