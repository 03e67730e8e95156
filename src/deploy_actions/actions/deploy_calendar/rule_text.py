"""Reads the text of a recurrence rule (RFC 5545, section 3.3.10), and refuses what the library would misread.

python-dateutil takes parts that the RFC does not allow together, and numbers that no date has, without a word: the rule
then recurs on other days than written, or never.
"""

import re
from collections.abc import Mapping

from deploy_actions.core.input_types import NotOfType

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST_TEXT = 300
_MOST_OCCURRENCES = 100
_MOST_WEEKDAYS_IN_A_MONTH = 5

_BY_FREQUENCY = {
    "YEARLY": ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS"),
    "MONTHLY": ("BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"),
    "WEEKLY": ("BYMONTH", "BYDAY"),
    "DAILY": ("BYMONTH", "BYMONTHDAY", "BYDAY"),
}
"""The table of the RFC, without BYSETPOS of weeks and days, which has no use there, and without times of the day."""

_DAY = f"(?:{'|'.join(DAYS)})"
_NUMBERED_DAY = rf"(?:[+-]?[0-9]{{1,2}})?{_DAY}"
_NUMBER, _SIGNED = "[0-9]{1,4}", "[+-]?[0-9]{1,3}"
_FORMS = {
    "INTERVAL": _NUMBER,
    "COUNT": _NUMBER,
    "UNTIL": r"[0-9]{8}(?:T[0-9]{6}Z?)?",
    "WKST": _DAY,
    "BYMONTH": rf"{_NUMBER}(?:,{_NUMBER})*",
    "BYWEEKNO": rf"{_NUMBER}(?:,{_NUMBER})*",
    "BYYEARDAY": rf"{_SIGNED}(?:,{_SIGNED})*",
    "BYMONTHDAY": rf"{_SIGNED}(?:,{_SIGNED})*",
    "BYDAY": rf"{_NUMBERED_DAY}(?:,{_NUMBERED_DAY})*",
    "BYSETPOS": rf"{_SIGNED}(?:,{_SIGNED})*",
}
_HIGHEST = {
    **{"INTERVAL": 999, "COUNT": _MOST_OCCURRENCES},
    **{"BYMONTH": 12, "BYWEEKNO": 53, "BYYEARDAY": 366, "BYMONTHDAY": 31, "BYDAY": 53, "BYSETPOS": 366},
}


def parts_of(text: str) -> dict[str, str]:
    """The parts of a rule by name, in capitals. Raises NotOfType, whose message fits behind the name of the entry."""
    if len(text) > _LONGEST_TEXT:
        raise NotOfType(f"is longer than {_LONGEST_TEXT} characters")
    if not re.fullmatch(r"[A-Za-z0-9=;,+-]+", text):
        raise NotOfType("is not the value of one RRULE, as in `FREQ=WEEKLY;BYDAY=MO`")
    pairs = [part.partition("=") for part in text.upper().split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs):
        raise NotOfType("has a part twice")
    _refuse_frequency(parts.get("FREQ", ""))
    for name in parts.keys() - {"FREQ"}:
        _refuse_part(name, parts)
    _refuse_together(parts)
    return parts


def _refuse_frequency(frequency: str) -> None:
    if frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise NotOfType("recurs more often than DAILY; give each window of the day its own entry")
    if frequency not in _BY_FREQUENCY:
        raise NotOfType("has no FREQ of YEARLY, MONTHLY, WEEKLY or DAILY")


def _refuse_part(name: str, parts: Mapping[str, str]) -> None:
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        raise NotOfType(f"has {name}; the times of the day are said beside the rule")
    if name not in _FORMS:
        raise NotOfType("has a part that RFC 5545 does not know")
    if name.startswith("BY") and name not in _BY_FREQUENCY[parts["FREQ"]]:
        raise NotOfType(f"has {name}, which does not go with FREQ={parts['FREQ']}")
    if not re.fullmatch(_FORMS[name], parts[name]):
        raise NotOfType(f"has a {name} that RFC 5545 does not allow")
    numbers = [] if name == "UNTIL" else [int(digits) for digits in re.findall("[0-9]+", parts[name])]
    if not all(0 < number <= _HIGHEST[name] for number in numbers):
        raise NotOfType(f"has a {name} with a number that is not between 1 and {_HIGHEST[name]}")


def _refuse_together(parts: Mapping[str, str]) -> None:
    days = parts.get("BYDAY", "").split(",")
    numbered = [day for day in days if len(day) > len("MO")]
    if "COUNT" in parts and "UNTIL" in parts:
        raise NotOfType("has both COUNT and UNTIL, of which RFC 5545 allows one")
    if "BYWEEKNO" in parts and ("BYDAY" not in parts or numbered):
        raise NotOfType("has BYWEEKNO, which needs a BYDAY without numbers")
    if numbered and parts["FREQ"] in ("WEEKLY", "DAILY"):
        raise NotOfType(f"has a BYDAY with a number, which does not go with FREQ={parts['FREQ']}")
    if numbered and len(numbered) < len(days):
        raise NotOfType("has a BYDAY with and without numbers; give each its own entry")
    in_months = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    if in_months and any(abs(int(day[:-2])) > _MOST_WEEKDAYS_IN_A_MONTH for day in numbered):
        raise NotOfType(f"has a BYDAY beyond the {_MOST_WEEKDAYS_IN_A_MONTH} that a month can have")
    if "BYSETPOS" in parts and not parts.keys() & {"BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}:
        raise NotOfType("has BYSETPOS without another BY part")
