"""The forms of Jira's answers that are read before something is written."""

import msgspec


class _Category(msgspec.Struct):
    key: str


class _Status(msgspec.Struct, rename="camel"):
    status_category: _Category


class Transition(msgspec.Struct):
    """A transition that an issue offers, and the status that it leads `to`."""

    id: str
    to: _Status


class Transitions(msgspec.Struct):
    """All that an issue offers to this account now."""

    transitions: list[Transition]


class Version(msgspec.Struct):
    """A version of a project."""

    name: str


Versions = list[Version]
