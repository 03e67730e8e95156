"""Runs a program, without a shell, and compares its exit code and what it prints."""

import re
from typing import ClassVar, Self

import msgspec

from deploy_actions.actions.health_check.check import GOOD, Means, Measures, Memory, Outcomes, Result
from deploy_actions.actions.health_check.kinds.http import with_excerpt
from deploy_actions.actions.health_check.outcomes import judge_each
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.input_types import ArgumentList, Names, NotOfType, secret_name
from deploy_actions.core.probing import Answer, CommandProbe

_LARGEST_EXIT_CODE = 255


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A program, all that it gets, and how it must end."""

    measures: ClassVar[Measures] = ""
    command: tuple[str, ...]
    directory: str
    variables: tuple[str, ...]
    secrets: tuple[str, ...]
    exit_codes: tuple[int, ...]
    output: "re.Pattern[str] | None"

    @classmethod
    def parse(cls, settings: Settings) -> Self:
        """Raises NotOfType."""
        raw = settings.raw("command")
        arguments = settings.texts("command") if isinstance(raw, list) else settings.parsed("command", ArgumentList)
        if not arguments or not arguments[0] or any("\0" in argument for argument in arguments):
            raise NotOfType("has under `command` no program with its arguments")
        return cls(
            command=tuple(arguments),
            directory=settings.text("directory", "."),
            variables=Names.parse("\n".join(settings.texts("variables"))),
            secrets=tuple(secret_name(name) for name in settings.texts("secrets")),
            exit_codes=tuple(_exit_code(text) for text in settings.texts("exit")) or (0,),
            output=settings.regular_expression("output"),
        )

    @property
    def target(self) -> str:
        """The program, without its arguments."""
        return f"command {self.command[0]}"

    def probe(self, means: Means) -> CommandProbe:
        """See `Kind`."""
        return CommandProbe(
            command=self.command,
            directory=self.directory,
            variables=self.variables,
            secrets={name: means.secret(name) for name in self.secrets},
        )

    def judge(self, outcomes: Outcomes, memory: Memory) -> Result:  # noqa: ARG002  # nothing is remembered of it
        """See `Kind`."""
        return judge_each(outcomes, self._of)

    def _of(self, answer: Answer) -> Result:
        if answer.status not in self.exit_codes:
            words = f"ended with exit code {answer.status}, expected {' or '.join(map(str, self.exit_codes))}"
        elif self.output and not self.output.search(answer.body.decode("utf-8", "replace")):
            words = f"printed nothing in which `{self.output.pattern}` is found"
        else:
            return GOOD
        return Result(cause="unhealthy", words=with_excerpt(words, answer))


def _exit_code(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > _LARGEST_EXIT_CODE:
        raise NotOfType("has under `command` an `exit` that is no exit code, 0 to 255")
    return int(text)


KIND = Command
