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


class Comment(msgspec.Struct):
    """A comment: a document on Cloud, a text on Data Center."""

    body: object = None


class Comments(msgspec.Struct):
    """The newest comments of an issue."""

    comments: list[Comment]


class Version(msgspec.Struct):
    """A version of a project."""

    name: str


Versions = list[Version]
