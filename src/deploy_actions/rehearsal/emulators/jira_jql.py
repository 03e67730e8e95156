"""The part of JQL that the emulator understands: conditions that must all hold.

    key in (ORD-1, ORD-2) AND (status = "Done" AND fixVersion = "1.2") AND project = ORD

Nothing else: no OR, no ORDER BY, no functions and no other fields.
"""

import re
from typing import NamedTuple, NoReturn

from deploy_actions.rehearsal.emulators.jira_gate import error

_FIELDS = {"key": "key", "issuekey": "key", "status": "status", "fixversion": "fixVersion", "project": "project"}
_TOKEN = re.compile(r"""\s*(?:(?P<mark>[(),=])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s(),="']+))""")
_BAD_REQUEST = 400


class Condition(NamedTuple):
    """The field has one of the values."""

    field: str
    values: list[str]


class _Token(NamedTuple):
    text: str
    kind: str

    def is_word(self, word: str) -> bool:
        return self.kind == "word" and self.text.casefold() == word


_END = _Token("", "end")


def conditions_of(jql: str) -> list[Condition]:
    """The conditions of a query. Raises Refusal with 400 for a query that is none, or beyond the part."""
    query = _Query(_tokens(jql))
    conditions = query.conjunction()
    if query.next is not _END:
        query.refuse("AND")
    return conditions


def _tokens(jql: str) -> list[_Token]:
    tokens, place, text = [], 0, jql.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise error(_BAD_REQUEST, f"Error in the JQL Query: The character at {place + 1} is not allowed here.")
        kind = found.lastgroup or ""
        value = found[kind]
        tokens.append(_Token(re.sub(r"\\(.)", r"\1", value) if kind == "quoted" else value, kind))
        place = found.end()
    return tokens


class _Query:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = [*tokens, _END]

    @property
    def next(self) -> _Token:
        return self._tokens[0]

    def conjunction(self) -> list[Condition]:
        conditions = self._term()
        while self.next.is_word("and"):
            self._take()
            conditions += self._term()
        return conditions

    def refuse(self, expected: str) -> NoReturn:
        got = f"'{self.next.text}'" if self.next is not _END else "the end of the query"
        raise error(_BAD_REQUEST, f"Error in the JQL Query: Expecting {expected} but got {got}.")

    def _term(self) -> list[Condition]:
        if self.next == _Token("(", "mark"):
            self._take()
            conditions = self.conjunction()
            self._take(")")
            return conditions
        if self.next.kind not in ("word", "quoted"):
            self.refuse("a field")
        name = self._take().text
        if name.casefold() not in _FIELDS:
            message = f"Field '{name}' does not exist or you do not have permission to view it."
            raise error(_BAD_REQUEST, message)
        return [Condition(_FIELDS[name.casefold()], self._values())]

    def _values(self) -> list[str]:
        if self.next == _Token("=", "mark"):
            self._take()
            return [self._value()]
        if not self.next.is_word("in"):
            self.refuse("'=' or 'in'")
        self._take()
        self._take("(")
        values = [self._value()]
        while self.next == _Token(",", "mark"):
            self._take()
            values.append(self._value())
        self._take(")")
        return values

    def _value(self) -> str:
        if self.next.kind not in ("word", "quoted"):
            self.refuse("a value")
        return self._take().text

    def _take(self, mark: str = "") -> _Token:
        if mark and self.next != _Token(mark, "mark"):
            self.refuse(f"'{mark}'")
        return self._tokens.pop(0)
