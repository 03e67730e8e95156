"""GitHub, Jira and every other server, as they answer when all is well."""

import json
from datetime import UTC, datetime
from typing import Any

from deploy_actions.core.ports import HttpRequest, HttpResponse

NOON = "2026-11-24T12:00:00Z"


A_RUNNER = {
    **{"id": 1, "name": ".", "status": "online", "busy": False, "version": "2.337.0"},
    "labels": [{"name": "self-hosted"}],
}
A_GROUP = {
    **{"id": 1, "name": "deploys", "inherited": False},
    **{"visibility": "all", "allows_public_repositories": True},
}
A_JOB = {
    **{"id": 1, "name": "deploy", "status": "in_progress", "created_at": NOON},
    **{"runner_id": 1, "runner_name": ".", "runner_group_id": 1, "runner_group_name": "deploys"},
    "labels": ["self-hosted"],
}


ADA = {"login": "ada"}
PRODUCTION = {"name": "production"}
PROTECTED = {
    **PRODUCTION,
    "protection_rules": [
        {"type": "required_reviewers", "reviewers": [{"type": "User", "reviewer": ADA}]},
    ],
    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    "can_admins_bypass": False,
}
MAY = dict.fromkeys(("secrets", "environments", "organization_self_hosted_runners"), "read")


class GoodHttp:
    """Answers every request well: lists of secrets hold the given names, written now."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def send(self, request: HttpRequest) -> HttpResponse:
        pieces = {
            "/environments/production/secrets?": GoodHttp(("DEPLOY_TOKEN",))._secrets(),
            "secrets?": self._secrets(),
            "/deployments?": [{"id": 1, "sha": "a" * 40, "created_at": NOON}],
            "/statuses?": [{"state": "success", "created_at": NOON}],
            "/deployments": {"id": 1},
            "/pulls": [{"title": "PAY-1", "body": None}],
            "/compare/": {
                **{"status": "ahead", "ahead_by": 1, "behind_by": 0, "files": [{"filename": "service.py"}]},
                **{"total_commits": 1, "commits": [{"sha": "b" * 40, "commit": {"message": "PAY-1: a change"}}]},
            },
            "/approvals": [{"state": "approved", "comment": "", "environments": [PRODUCTION], "user": ADA}],
            "/environments/production/deployment-branch-policies": {
                **{"total_count": 1, "branch_policies": [{"name": "main", "type": "branch"}]},
            },
            "/environments/production/deployment_protection_rules": {
                "total_count": 1,
                "custom_deployment_protection_rules": [{"enabled": True, "app": {"slug": "change-gate"}}],
            },
            "/environments/production": PROTECTED,
            "/environments/": {"protection_rules": []},
            "/access_tokens": {"token": "minted-and-made-up", "permissions": MAY},
            "/installation": {"id": 1, "permissions": MAY},
            "/pending_deployments": [],
            "/attempts/": {"jobs": [A_JOB, {**A_JOB, "id": 2, "name": "gate", "status": "completed"}]},
            "/actions/runners/deprecations/": {"runner_version": "2.337.0"},
            "/runners?": {"total_count": 1, "runners": [A_RUNNER]},
            "/runner-groups?": {"total_count": 1, "runner_groups": [A_GROUP]},
            "/actions/runs/": {
                **{"id": 1, "head_sha": "b" * 40, "status": "in_progress", "created_at": NOON, "workflow_id": 1},
            },
            "/api/v1/query": {"status": "success", "data": {"resultType": "vector", "result": []}},
            "/commits/": {"sha": "b" * 40, "commit": {"message": "PAY-1: a change"}},
            "/serverInfo": {"deploymentType": "Cloud"},
            "/bulkfetch": {"issues": [an_issue("PAY-1", 0, "PAY-2"), an_issue("PAY-2", 1, None)]},
            "/search": {"issues": [{"key": "PAY-1"}]},
            "/comment?": {"comments": []},
            "/transitions": {"transitions": [{"id": "1", "to": {"statusCategory": {"key": "done"}}}]},
            "/versions": [],
            "/issue/": an_issue("PAY-1", 0, "PAY-2"),
        }
        body = next((body for piece, body in pieces.items() if piece in request.url), {})
        return HttpResponse(200, {"content-type": "application/json"}, json.dumps(body).encode())

    def _secrets(self) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        listed = [{"name": name, "updated_at": now} for name in self._names]
        return {"total_count": len(listed), "secrets": listed}


def an_issue(key: str, level: int, parent: str | None) -> dict[str, Any]:
    """An issue of Jira Cloud's in progress."""
    fields = {
        "issuetype": {"name": "Story", "subtask": False, "hierarchyLevel": level},
        "status": {"name": ".", "statusCategory": {"key": "indeterminate"}},
        "parent": parent and {"key": parent},
        "fixVersions": [{"name": "."}],
        "updated": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
    }
    return {"key": key, "fields": fields}
