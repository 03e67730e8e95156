"""Reads an operator's declaration: which pool the deploys go to, by whom, since when and why."""

import re
from datetime import datetime, timedelta

import msgspec

from deploy_actions.core.moments import moment_of, written

_STATEMENT = re.compile(r"(?P<what>\S+)(?:\s+by\s+(?P<who>\S+)\s+since\s+(?P<since>\S+?)\s*:\s+(?P<why>\S.*))?")
_AHEAD = timedelta(minutes=5)


class Declaration(msgspec.Struct, frozen=True):
    """`what` is a role, or a pool's name. `by` says whose word it is, as a part of a sentence."""

    what: str
    by: str
    is_signed: bool


class Unreadable(ValueError):
    """A declaration that cannot be followed; the message says why."""


def declaration(text: str, variable: str, now: datetime) -> Declaration:
    """What was declared; nothing stands for the primary. Raises Unreadable."""
    if not text.strip():
        return Declaration("primary", f"the variable `{variable}` is not set", is_signed=False)
    found = _STATEMENT.fullmatch(text.strip())
    if not found:
        raise Unreadable("it is neither a role nor a whole statement")
    if not found["who"]:
        return Declaration(found["what"], f"the variable `{variable}` says", is_signed=False)
    return Declaration(found["what"], f"{found['who']} declared at {_since(found['since'], now)}: {found['why']}", True)


def _since(text: str, now: datetime) -> str:
    try:
        moment = moment_of(text)
    except ValueError:
        raise Unreadable("what follows `since` is no date and time") from None
    if moment - now > _AHEAD:
        raise Unreadable("what follows `since` is in the future")
    return written(moment)
