"""GitHub's runners in memory: lists in pages of as many as are asked for, a fault where a test sets one."""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import NotFound, ServiceError

Json = dict[str, Any]

LABELS = ("self-hosted", "linux", "production", "primary")


def a_runner(name: str, labels: Sequence[str] = LABELS, **more: Any) -> Json:
    """A runner as GitHub lists it: online, idle, of a good version."""
    listed = [{"id": 1, "name": label, "type": "custom"} for label in labels]
    return {
        "id": zlib.crc32(name.encode()),
        "name": name,
        "os": "linux",
        "status": "online",
        "busy": False,
        "labels": listed,
    } | {
        "version": "2.337.0",
        **more,
    }


class FleetHttp:
    """`groups` are the runners of acme's groups by name; those in `closed` are not open to acme/orders.

    `runners` are registered in the repository. `settings` are more of what GitHub says of a group, by its name, and
    `hosted` the larger runners in it. GitHub knows each version; `deprecated` are the ends of some, None for one that
    it does not know. `faults` are errors by path and page, counted from 1.
    """

    def __init__(  # noqa: PLR0913  # what a test may want otherwise
        self,
        groups: Mapping[str, Sequence[Json]] | None = None,
        runners: Sequence[Json] = (),
        *,
        closed: Sequence[str] = (),
        inherited: Sequence[str] = (),
        enterprise: Mapping[str, Sequence[Json]] | None = None,
        owner_type: str = "Organization",
        private: bool = True,
        settings: Mapping[str, Json] | None = None,
        hosted: Mapping[str, Sequence[str]] | None = None,
        deprecated: Mapping[str, str | None] | None = None,
        faults: Mapping[tuple[str, int], ServiceError] | None = None,
    ) -> None:
        self.groups = dict(groups or {})
        self.runners = list(runners)
        self.enterprise = dict(enterprise or {})
        self._closed, self._inherited = closed, inherited
        self._owner_type, self._private = owner_type, private
        self._settings, self._hosted = settings or {}, hosted or {}
        self._deprecated = deprecated or {}
        self._faults = faults or {}
        self.requests: list[HttpRequest] = []
        self.paths: list[str] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        where = urlsplit(request.url)
        query = {name: value for name, (value, *_) in parse_qs(where.query).items()}
        path = unquote(where.path).removeprefix("/api/v3").strip("/")
        self.requests.append(request)
        self.paths.append(path)
        page = int(query.get("page", "1"))
        if error := self._faults.get((path, page)):
            raise error
        body = self._one(path)
        if body is None:
            key, items = self._list(path, query)
            size = int(query.get("per_page", "30"))
            body = {"total_count": len(items), key: items[(page - 1) * size : page * size]}
        return HttpResponse(200, {"content-type": "application/json"}, json.dumps(body).encode())

    def _one(self, path: str) -> Json | None:
        if path == "repos/acme/orders":
            return {"owner": {"login": "acme", "type": self._owner_type}, "private": self._private}
        if "/deprecations/" in path:
            version = path.rpartition("/")[2]
            if version not in self._deprecated:
                return {"runner_version": version, "runtime_deprecates_at": None}
            if self._deprecated[version] is None:
                raise NotFound("GitHub", f"GET {path}", "status 404")
            return {"runner_version": version, "runtime_deprecates_at": self._deprecated[version]}
        return None

    def _list(self, path: str, query: Mapping[str, str]) -> tuple[str, list[Json]]:
        if path == "repos/acme/orders/actions/runners":
            return "runners", self.runners
        if path == "orgs/acme/actions/runners":
            return "runners", [
                {**runner, "id": runner["id"] * 10 + number, "runner_group_id": number}
                for number, (name, runners) in enumerate(self.groups.items(), 1)
                if name not in self._inherited
                for runner in runners
            ]
        level, _, rest = path.partition("/actions/runner-groups")
        groups = self.groups if level.startswith("orgs/") else self.enterprise
        if rest.endswith("/hosted-runners"):
            names = self._hosted.get(list(groups)[int(rest.split("/")[1]) - 1], ())
            return "runners", [{"id": number, "name": name} for number, name in enumerate(names)]
        if rest:
            return "runners", list(list(groups.values())[int(rest.split("/")[1]) - 1])
        return "runner_groups", [
            self._group(number, name)
            for number, name in enumerate(groups, 1)
            if not ("visible_to_repository" in query and name in self._closed)
        ]

    def _group(self, number: int, name: str) -> Json:
        group: Json = {"id": number, "name": name, "inherited": name in self._inherited, "visibility": "all"}
        return {**group, "allows_public_repositories": False, **self._settings.get(name, {})}
