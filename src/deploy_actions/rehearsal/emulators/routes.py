"""What an emulator is asked and answers, and the table that says which function answers what."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

State = TypeVar("State")
Handler = Callable[[State, "Request"], "Answer"]
Route = tuple[str, str, Handler[State]]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request; `headers` have lower-case names, `parameters` are what the placeholders of the route stood for."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    server: str
    parameters: Mapping[str, str] = {}

    @property
    def path(self) -> str:
        """The path without its query, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of one given twice, the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def url(self) -> str:
        """The address that was asked, without its query."""
        return f"{self.server}{self.path}"


class Answer(msgspec.Struct, frozen=True):
    """An answer: a `str` is sent as it is, None not at all, everything else as JSON. `headers` override the usual."""

    status: int
    body: object = None
    headers: Mapping[str, str] = {}


class Refusal(Exception):
    """Ends a handler with another answer than its own."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


class Match(NamedTuple, Generic[State]):
    """The route that a request takes."""

    template: str
    handler: Handler[State]
    parameters: dict[str, str]


class Routes(Generic[State]):
    """A table of `("GET", "/repos/{owner}/{repo}", handler)`; of two that match, the one added first."""

    def __init__(self, *routes: Route[State]) -> None:
        self._routes: list[tuple[re.Pattern[str], Route[State]]] = []
        self.add(*routes)

    def add(self, *routes: Route[State]) -> None:
        """More of them; a placeholder stands for one segment of the path."""
        self._routes += [(_pattern(template), (method, template, handler)) for method, template, handler in routes]

    def route(self, method: str, template: str) -> Callable[[Handler[State]], Handler[State]]:
        """The same as a decorator."""

        def add(handler: Handler[State]) -> Handler[State]:
            self.add((method, template, handler))
            return handler

        return add

    def __iter__(self) -> Iterator[Route[State]]:
        return (route for _, route in self._routes)

    def find(self, method: str, path: str) -> Match[State] | None:
        """The route for a request. Segments are decoded after matching, as a name may hold an encoded slash."""
        for pattern, (wanted, template, handler) in self._routes:
            found = pattern.fullmatch(path) if wanted == method else None
            if found:
                return Match(template, handler, {name: unquote(text) for name, text in found.groupdict().items()})
        return None


def _pattern(template: str) -> re.Pattern[str]:
    literal = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"{([a-zA-Z_]+)}", r"(?P<\1>[^/]+)", literal))
