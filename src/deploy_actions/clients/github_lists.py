"""Lists of GitHub's that are read page by page while they change: what is there throughout is never missed.

What goes moves all that is behind it towards the first page. So pages are read from the last to the first: what moves
comes to a page that is still to be read. What is new is taken to come last, which GitHub does not document.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped
from deploy_actions.core.service_errors import Malformed

_PER_PAGE = 100
_MOST_PAGES = 100
_READINGS = 3
"""How often a list is read of which a page holds other than it counts."""


class HasId(Protocol):
    """What GitHub gives an id."""

    @property
    def id(self) -> int:
        """Its id, which no other of its kind has."""


T = TypeVar("T", bound=HasId)
T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """A page of a list, and how many the list has in all."""

    @property
    def total_count(self) -> int:
        """How many there are on all pages."""

    @property
    def items(self) -> Sequence[T_co]:
        """Those of this page."""


def whole(
    github: GitHubClient, path: str, form: type[Page[T]], query: Mapping[str, str] | None = None
) -> tuple[T, ...]:
    """All of a list, each once. Raises ServiceError; Malformed where a page holds other than GitHub counts."""

    def ask(number: int) -> Page[T]:
        parts = {**(query or {}), "per_page": str(_PER_PAGE), "page": str(number)}
        return github.fetch(f"{path}?{'&'.join(f'{name}={escaped(value)}' for name, value in parts.items())}", form)

    for _ in range(_READINGS):
        pages = _read(ask, path)
        if all(_fits(number, page) for number, page in pages.items()):
            return _each_once(pages)
    raise Malformed("GitHub", f"listing {path}", "it lists other than it counts, also when read again")


def _read(ask: Callable[[int], Page[T]], path: str) -> dict[int, Page[T]]:
    """The pages by their number. After a look at the first all are read backwards, and that one again last."""
    latest = ask(1)
    pages, read = {1: latest}, 1
    while (last := _last(latest, path)) > read:  # again only where it grew by a page meanwhile
        for number in (*range(last, read, -1), 1):
            pages[number] = latest = ask(number)
        read = last
    return pages


def _last(page: Page[HasId], path: str) -> int:
    """The number of the last page, as one of them has it. Raises Malformed."""
    last = -(-page.total_count // _PER_PAGE)
    if last > _MOST_PAGES:
        raise Malformed("GitHub", f"listing {path}", f"there are more than {_MOST_PAGES * _PER_PAGE}")
    return last


def _fits(number: int, page: Page[HasId]) -> bool:
    """Whether a page holds what is due to it of its own count."""
    return len(page.items) == min(_PER_PAGE, max(0, page.total_count - _PER_PAGE * (number - 1)))


def _each_once(pages: Mapping[int, Page[T]]) -> tuple[T, ...]:
    """What is on two pages moved between the answers: that of the lower page is newer."""
    found: dict[int, T] = {}
    for _, page in sorted(pages.items()):
        for one in page.items:
            found.setdefault(one.id, one)
    return tuple(found.values())
