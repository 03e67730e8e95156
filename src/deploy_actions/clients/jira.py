"""Jira's REST API, Cloud (version 3) and Data Center (version 2): issues, who asks, and what may be written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from deploy_actions.clients.jira_issue import FIELDS, Issue, issue_of
from deploy_actions.clients.patience import Patience
from deploy_actions.clients.rest import basic, decoded, escaped
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, NotFound

Flavour = Literal["cloud", "data-center"]
_AT_ONCE = 100
_MOST_PAGES = 100
_EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
_EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"
T = TypeVar("T")


class JiraSite(msgspec.Struct, frozen=True, kw_only=True):
    """Where Jira is and as whom it is asked: with `user` by basic authentication, else with a bearer token.

    `seen_at` is where people see issues, if that is elsewhere, as with the gateway for scoped tokens.
    """

    url: str
    user: str
    token: Secret
    authorities: str | None = None
    seen_at: str = ""

    def request(self, path: str, **more: Any) -> HttpRequest:
        """A request to a path below `/rest/api/`."""
        words = ("Basic ", basic(self.user, self.token)) if self.user else ("Bearer ", self.token)
        address = f"{self.url}/rest/api/{path}"
        return HttpRequest(url=address, secret_headers={"Authorization": words}, authorities=self.authorities, **more)


class ServerInfo(msgspec.Struct, rename="camel"):
    """What a site says of itself; `base_url` is where people see it, which differs from the gateway's address."""

    deployment_type: str = ""
    base_url: str = ""

    @property
    def flavour(self) -> Flavour:
        """Cloud or Data Center, which calls itself a server."""
        return "cloud" if self.deployment_type == "Cloud" else "data-center"


def server_info(site: JiraSite, patience: Patience) -> ServerInfo:
    """Asks the site what it is; anybody may ask that. Raises ServiceError."""
    return decoded(patience.send(site.request("2/serverInfo")).body, ServerInfo, "Jira")


class JiraClient:
    """A site of Jira. What may be answered later is asked again, as `patience` allows."""

    def __init__(self, site: JiraSite, flavour: Flavour, patience: Patience) -> None:
        self._site = site
        self._cloud = flavour == "cloud"
        self._version = 3 if self._cloud else 2
        self._patience = patience
        self._fields: dict[str, str] | None = None

    def issues(self, keys: Sequence[str]) -> dict[str, Issue]:
        """Those of the issues that are there under these very keys, a hundred a request."""
        found: dict[str, Issue] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            documents = self._bulk(some) if self._cloud else self._searched(some)
            found |= {issue.key: issue for issue in map(self._issue, documents)}
        return {key: found[key] for key in keys if key in found}

    def issue(self, key: str) -> Issue | None:
        """One issue; its key differs when it was moved. None where Jira says that there is none, or none to be seen."""
        try:
            response = self._send(f"issue/{escaped(key)}?fields={','.join(self._asked())}")
        except NotFound:
            return None
        return self._issue(decoded(response, dict[str, Any], "Jira"))

    def matching(self, keys: Sequence[str], jql: str) -> frozenset[str]:
        """Those of the keys whose issues also match a query."""
        found: set[str] = set()
        for start in range(0, len(keys), _AT_ONCE):
            clause = f"key in ({', '.join(keys[start : start + _AT_ONCE])}) AND ({jql})"
            found |= set(map(_key_of, self._search(clause, ["key"], strict=True)))
        return frozenset(found)

    def myself(self) -> str:
        """The display name of the one who asks. Raises Refused when the credential is not valid."""
        return decoded(self._send("myself"), _Myself, "Jira").display_name

    def sees_project(self, key: str) -> bool:
        """Whether the one who asks may see the project."""
        try:
            self._send(f"project/{escaped(key)}")
        except NotFound:
            return False
        return True

    def write(self, path: str, body: object, *, method: Literal["POST", "PUT"] = "POST") -> None:
        """Writes something. Raises ServiceError."""
        content = msgspec.json.encode(body)
        request = self._site.request(f"{self._version}/{path}", method=method, body=content, accept="*/*")
        self._patience.send(request, writes=True)

    def read(self, path: str, form: type[T]) -> T:
        """Reads something."""
        return decoded(self._send(path), form, "Jira")

    @property
    def is_cloud(self) -> bool:
        """Whether comments are documents (ADF) and not wiki text."""
        return self._cloud

    def _send(self, path: str, body: object = None) -> bytes:
        method: Literal["GET", "POST"] = "GET" if body is None else "POST"
        content = None if body is None else msgspec.json.encode(body)
        request = self._site.request(f"{self._version}/{path}", method=method, body=content)
        return self._patience.send(request).body

    def _bulk(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        body = {"issueIdsOrKeys": list(keys), "fields": list(self._asked())}
        return decoded(self._send("issue/bulkfetch", body), _Issues, "Jira").issues

    def _searched(self, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
        return self._search(f"key in ({', '.join(keys)})", list(self._asked()))

    def _search(self, jql: str, fields: list[str], *, strict: bool = False) -> Iterator[dict[str, Any]]:
        """Every page of a search; unless `strict`, keys that are unknown are passed over on Data Center too."""
        body: dict[str, Any] = {"jql": jql, "fields": fields, "maxResults": _AT_ONCE}
        path = "search/jql" if self._cloud else "search"
        body |= {} if self._cloud else {"validateQuery": strict}
        seen = 0
        for _ in range(_MOST_PAGES):
            page = decoded(self._send(path, body), _Issues if self._cloud else _Counted, "Jira")
            yield from page.issues
            seen += len(page.issues)
            if not (page.next_page_token if self._cloud else seen < page.total):
                return
            body |= {"nextPageToken": page.next_page_token} if self._cloud else {"startAt": seen}
        raise Malformed("Jira", "searching", f"its answer has more than {_MOST_PAGES} pages")

    def _asked(self) -> tuple[str, ...]:
        return (*FIELDS, *self._epic_fields().values())

    def _epic_fields(self) -> Mapping[str, str]:
        """On Data Center the ids of the fields that link to an epic and that only an epic has; none on Cloud."""
        if self._fields is None:
            listed = [] if self._cloud else decoded(self._send("field"), list[_Field], "Jira")
            custom = {field.schema_["custom"]: field.id for field in listed if "custom" in field.schema_}
            if listed and _EPIC_LINK not in custom:
                raise Malformed("Jira", "looking for the epic link", "there is no such field")
            self._fields = {kind: custom[kind] for kind in (_EPIC_LINK, _EPIC_NAME) if kind in custom}
        return self._fields

    def _issue(self, document: dict[str, Any]) -> Issue:
        fields = self._epic_fields()
        return issue_of(
            document,
            self._site.seen_at or self._site.url,
            epic_link=fields.get(_EPIC_LINK),
            epic_name=fields.get(_EPIC_NAME),
        )


def _key_of(document: dict[str, Any]) -> str:
    key = document.get("key")
    if not isinstance(key, str):
        raise Malformed("Jira", "reading what a search found", "it has not the documented form")
    return key


class _Myself(msgspec.Struct, rename="camel"):
    display_name: str


class _Issues(msgspec.Struct, rename="camel"):
    issues: list[dict[str, Any]]
    next_page_token: str | None = None
    total: int = 0


class _Counted(_Issues, kw_only=True):
    total: int


class _Field(msgspec.Struct, rename={"schema_": "schema"}):
    id: str
    schema_: dict[str, Any] = {}
