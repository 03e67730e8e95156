"""GitHub's REST API: which commits a deploy brings, and what their pull requests are called."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from deploy_actions.clients.patience import Patience
from deploy_actions.clients.rest import decoded, escaped
from deploy_actions.core.ports import HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

_PER_PAGE = 100
_MOST_PAGES = 50
T = TypeVar("T")


class Commit(msgspec.Struct, frozen=True):
    """A commit: `is_merge` if it has more than one parent."""

    sha: str
    message: str
    is_merge: bool = False


class GitHubClient(msgspec.Struct, frozen=True):
    """A repository of GitHub's, asked with a token. `api` has no slash at its end."""

    api: str
    repository: str
    token: Secret
    patience: Patience

    def last_deployed(self, environment: str) -> str | None:
        """The SHA of the newest deployment of the environment that succeeded; None if there was none."""
        for number in range(1, _MOST_PAGES + 1):
            query = f"environment={escaped(environment)}&per_page={_PER_PAGE}&page={number}"
            page = self.get(f"deployments?{query}", list[_Deployment])
            for deployment in page:
                if self._succeeded(deployment.id):
                    return deployment.sha
            if len(page) < _PER_PAGE:
                return None
        raise _too_many("deployments")

    def _succeeded(self, deployment: int) -> bool:
        """Whether it ever was live: a later deployment makes it `inactive`, which only a success can become."""
        statuses = self.get(f"deployments/{deployment}/statuses?per_page={_PER_PAGE}", list[_Status])
        return any(status.state == "success" for status in statuses)

    def commits_between(self, base: str, head: str) -> tuple[Commit, ...]:
        """The commits that are in `head` and not in `base`, oldest first, all pages."""
        return tuple(self._compared(base, head))

    def _compared(self, base: str, head: str) -> Iterator[Commit]:
        seen = 0
        for number in range(1, _MOST_PAGES + 1):
            query = f"per_page={_PER_PAGE}&page={number}"
            page = self.get(f"compare/{escaped(base)}...{escaped(head)}?{query}", _Comparison)
            yield from map(_commit, page.commits)
            seen += len(page.commits)
            if seen >= page.total_commits:
                return
            if not page.commits:
                raise Malformed("GitHub", "listing commits", "it lists fewer than it counts")
        raise _too_many("commits")

    def commit(self, sha: str) -> Commit:
        """One commit."""
        return _commit(self.get(f"commits/{escaped(sha)}", _Listed))

    def pull_request_texts(self, sha: str) -> tuple[str, ...]:
        """Title and body of each pull request that brought the commit."""
        found = self.get(f"commits/{escaped(sha)}/pulls?per_page={_PER_PAGE}", list[_Pull])
        return tuple(f"{pull.title}\n{pull.body or ''}" for pull in found)

    def get(self, path: str, form: type[T]) -> T:
        """What is at a path below the repository, in its form. Raises ServiceError."""
        return self.fetch(f"repos/{self.repository}/{path}", form)

    def fetch(self, path: str, form: type[T]) -> T:
        """What is at a path below the API's address, in its form. Raises ServiceError."""
        response = self.patience.send(HttpRequest.bearer(f"{self.api}/{path}", self.token))
        return decoded(response.body, form, "GitHub")

    def post(self, path: str, body: object, form: type[T]) -> T:
        """What comes of a new thing at a path below the repository. Raises ServiceError."""
        url = f"{self.api}/repos/{self.repository}/{path}"
        request = HttpRequest.bearer(url, self.token, method="POST", body=msgspec.json.encode(body))
        return decoded(self.patience.send(request, writes=True).body, form, "GitHub")


class _Deployment(msgspec.Struct):
    id: int
    sha: str


class _Status(msgspec.Struct):
    state: str


class _Message(msgspec.Struct):
    message: str


class _Listed(msgspec.Struct):
    sha: str
    commit: _Message
    parents: list[dict[str, Any]] = []


class _Comparison(msgspec.Struct):
    total_commits: int
    commits: list[_Listed]


class _Pull(msgspec.Struct):
    title: str
    body: str | None = None


def _commit(listed: _Listed) -> Commit:
    return Commit(listed.sha, listed.commit.message, is_merge=len(listed.parents) > 1)


def _too_many(what: str) -> Malformed:
    return Malformed("GitHub", f"listing {what}", f"there are more than {_MOST_PAGES * _PER_PAGE}")
