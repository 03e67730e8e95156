"""Replaces every secret value known to the process, in every form, in whatever is about to be shown."""

from collections.abc import Mapping

from deploy_actions.core.encodings import forms
from deploy_actions.core.secret import HIDDEN, MINIMUM_MASKABLE_LENGTH

_TELLING_NAMES = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "PRIVATE_KEY", "API_KEY", "ACCESS_KEY", "CREDENTIALS")
_LEAST_LENGTH_BY_NAME = 8
"""A variable is taken for a secret by its name alone only from this length on: `TOKEN_KIND=jwt` is none."""


class Redactor:
    """The secret values known to this process, each under its name.

    Values shorter than 4 characters are not replaced, because that would blank the text; `too_short` names them.
    `longest_form` is the length of the longest form, in characters.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._by_start: dict[str, list[str]] = {}
        self._values: set[str] = set()
        self.too_short: tuple[str, ...] = ()
        self.longest_form = 0

    def add(self, name: str, value: str) -> None:
        """Makes a secret value known. The name is used to say which secret a refused output would hold."""
        if not value or value in self._values:
            return
        self._values.add(value)
        if len(value.strip()) < MINIMUM_MASKABLE_LENGTH:
            self.too_short = (*self.too_short, name)
        for form in forms(value):
            if form not in self._names:
                self._names[form] = name
                self.longest_form = max(self.longest_form, len(form))
                self._by_start.setdefault(form[:MINIMUM_MASKABLE_LENGTH], []).append(form)

    def add_unless_known(self, name: str, text: str) -> None:
        """Makes a text known as a secret value, unless it is a form of one that is known already."""
        if text not in self._names:
            self.add(name, text)

    def add_from_environment(self, environ: Mapping[str, str]) -> None:
        """Makes known what stands in the environment under a name that tells of a secret, as `GITHUB_TOKEN` does."""
        for name, value in environ.items():
            if name.upper().endswith(_TELLING_NAMES) and len(value) >= _LEAST_LENGTH_BY_NAME:
                self.add(name, value)

    def forms_since(self, number: int) -> tuple[str, ...]:
        """All forms but the first `number` that became known: what a search made for those does not look for yet."""
        return tuple(self._names)[number:] if number < len(self._names) else ()

    def redact(self, text: str) -> str:
        """The text with `***` for each form of each known value, the longest forms first."""
        for form in sorted(self._forms_in(text), key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text

    def secret_in(self, text: str) -> str | None:
        """The name of a secret that the text holds in some form, or None."""
        longest = max(self._forms_in(text), key=len, default=None)
        return None if longest is None else self._names[longest]

    def _forms_in(self, text: str) -> set[str]:
        """The forms that the text holds, found by how they start: there are thousands, and texts are short."""
        found: set[str] = set()
        starts = range(len(text) - MINIMUM_MASKABLE_LENGTH + 1) if self._by_start else ()
        for at in starts:
            for form in self._by_start.get(text[at : at + MINIMUM_MASKABLE_LENGTH], ()):
                if form not in found and text.startswith(form, at):
                    found.add(form)
        return found
