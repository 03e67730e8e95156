"""Reads the input `checks`: addresses, the ready-made set, or YAML with a mapping for each check."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Self

import msgspec

from deploy_actions.actions.health_check import egress
from deploy_actions.actions.health_check.check import Check, Kind, Pace
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.span import Span
from deploy_actions.core.text_types import printable

MOST_CHECKS = 500
_LONGEST_NAME = 80
_KINDS = ("http", "version", "tcp", "tls", "dns", "grpc", "command", "docker-compose", "systemd", "prometheus")
_SPANS = ("timeout", "grace", "interval", "probe-timeout", "soak")
_COUNTS = ("successes", "failure-limit", "failures")
_BARE_ADDRESS = re.compile(r"[^\s:/,]+:[0-9]+")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One check as it is written. `pace` is what differs from the action's own; no `kind` is the ready-made set."""

    name: str
    kind: Kind | None
    critical: bool = True
    pace: Mapping[str, float] = {}


class Checks(tuple[Entry, ...]):
    """The checks, in the order written."""

    expects: ClassVar[str] = "addresses by line, `runner-egress`, or YAML: a list of checks, each with one of the kinds"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType, saying which check and which setting is wrong."""
        items = _addresses(text)
        documents: list[object] = [{"http": item} for item in items] if items else list(_documents(text))
        if not 0 < len(documents) <= MOST_CHECKS:
            raise NotOfType(f"holds {len(documents)} checks; 1 to {MOST_CHECKS} can be made")
        return cls(_entry(document, number) for number, document in enumerate(documents, 1))


def checks(entries: Sequence[Entry], pace: Pace, server_url: str) -> tuple[Check, ...]:
    """The checks with their whole pace. Raises InvalidInput for a pace that no check can keep."""
    made: list[Check] = []
    for entry in entries:
        if entry.kind is None:
            made += egress.egress_checks(server_url)
            continue
        own = msgspec.structs.replace(pace, **entry.pace)
        _refuse_impossible(entry.name, own, pace)
        made.append(Check(name=entry.name, kind=entry.kind, critical=entry.critical, pace=own))
    if len(made) > MOST_CHECKS:
        raise InvalidInput("checks", f"comes to {len(made)} checks; {MOST_CHECKS} can be made.")
    return tuple(_distinct(made))


def _refuse_impossible(name: str, pace: Pace, action_pace: Pace) -> None:
    """Raises InvalidInput that names the input at fault, or `checks` where a check's own setting is."""
    problem = _problem(pace)
    if problem and pace == action_pace:
        raise InvalidInput(problem[0], f"{problem[1]}.")
    if problem:
        raise InvalidInput("checks", f"has a check `{name}` with an impossible pace: its `{problem[0]}` {problem[1]}.")


def _problem(pace: Pace) -> tuple[str, str] | None:
    """The setting that cannot be kept, and why."""
    shortest = (pace.successes - 1) * pace.interval + pace.soak
    problems = (
        ("interval", "must be longer than nothing", pace.interval <= 0),
        ("probe-timeout", "must be longer than nothing", pace.probe_timeout <= 0),
        ("successes", "must be 1 or more", pace.successes < 1),
        ("failure-limit", "must not be negative", pace.failure_limit < 0),
        ("failures", "must not be negative", pace.failures < 0),
        ("grace", "leaves no time until the `timeout`", pace.timeout <= pace.grace),
        ("soak", "leaves no time until the `timeout`", pace.timeout <= pace.soak),
        ("successes", "take, one `interval` apart and with the `soak`, all the `timeout`", pace.timeout <= shortest),
    )
    return next(((setting, why) for setting, why, is_there in problems if is_there), None)


def _addresses(text: str) -> list[str]:
    """The addresses of a plain list, none for YAML. A comma parts them before an address only: a query can hold one."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    items = [item.strip(" \t,") for line in lines for item in re.split(r",(?=[ \t]*https?://)", line)]
    items = [item for item in items if item]
    if items and all(_BARE_ADDRESS.fullmatch(item) for item in items):
        raise NotOfType("holds a host and port without a kind; write YAML, as in `- tcp: db.example:5432`")
    are_plain = all(item.startswith(("http://", "https://")) and " " not in item for item in items)
    return items if are_plain else []


def _documents(text: str) -> Iterator[object]:
    from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

    try:
        document = load(text)
    except UnicodeEncodeError:
        raise NotOfType("is not UTF-8 text") from None
    if document == egress.NAME or isinstance(document, dict):
        yield document
    elif isinstance(document, list):
        yield from document
    else:
        raise NotOfType(f"is not {Checks.expects}")


def _entry(document: object, number: int) -> Entry:
    if isinstance(document, str):
        document = {egress.NAME: "true"} if document == egress.NAME else {"http": document}
    if not isinstance(document, dict):
        raise NotOfType(f"has as check {number} no mapping of settings")
    if egress.NAME in document:
        settings = Settings(document, egress.NAME)
        if not settings.flag(egress.NAME, default=False):
            raise NotOfType(f"has `{egress.NAME}` with another value than `true`")
        settings.refuse_others()
        return Entry(name=egress.NAME, kind=None)
    return _with_kind(document, number)


def _with_kind(document: dict[str, Any], number: int) -> Entry:
    given = [key for key in _KINDS if key in document and not _is_a_setting(key, document)]
    if len(given) != 1:
        problem = "none" if not given else "more than one"
        raise NotOfType(f"has as check {number} {problem} of the kinds {', '.join(_KINDS)}")
    settings = Settings(document, _name(document.get("name"), "") or f"check {number}")
    kind: Kind = import_module(f"{__package__}.kinds.{given[0].replace('-', '_')}").KIND.parse(settings)
    entry = Entry(
        name=_name(settings.optional_text("name"), kind.target),
        kind=kind,
        critical=settings.flag("critical", default=True),
        pace=_pace(settings),
    )
    settings.refuse_others()
    return entry


def _is_a_setting(key: str, document: Mapping[str, Any]) -> bool:
    """`tls` of a `grpc` check is a flag and no kind."""
    return key == "tls" and "grpc" in document


def _name(text: object, default: str) -> str:
    name = text if isinstance(text, str) and text else default
    return printable(name)[:_LONGEST_NAME]


def _pace(settings: Settings) -> dict[str, float]:
    spans = {key: float(settings.parsed(key, Span)) for key in _SPANS if settings.has(key)}
    counts = {key: settings.number(key, 0) for key in _COUNTS if settings.has(key)}
    return {key.replace("-", "_"): value for key, value in (spans | counts).items()}


def _distinct(made: Sequence[Check]) -> Iterator[Check]:
    """The checks; a name that was there already gets a number, since what is remembered goes by the name."""
    counts: dict[str, int] = {}
    taken: set[str] = set()
    for check in made:
        name, count = check.name, counts.get(check.name, 1)
        while name in taken:
            count += 1
            suffix = f" ({count})"
            name = f"{check.name[: _LONGEST_NAME - len(suffix)]}{suffix}"
        counts[check.name] = count
        taken.add(name)
        yield msgspec.structs.replace(check, name=name)
