"""The command line for people: every action's command and flags are made from its declaration."""

import os
import sys
from collections.abc import Callable, Sequence

import click

from deploy_actions import __version__
from deploy_actions.core.declare import Field
from deploy_actions.core.input_types import expectation
from deploy_actions.runner import action_names, load_action, run_action

USAGE_ERROR = 2


def main(arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit code; 2 for a command line that is wrong."""
    try:
        result = _program.main(list(arguments), prog_name="deploy-actions", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE_ERROR
    except click.Abort:
        return USAGE_ERROR
    return result if isinstance(result, int) else 0


class _Commands(click.Group):
    """Finds actions by folder name and imports only the one that runs."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*action_names(), "rehearse", *super().list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in action_names():
            return _action_command(name)
        if name == "rehearse":
            from deploy_actions.rehearsal.command import rehearse

            return rehearse
        return super().get_command(context, name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="deploy-actions %(version)s")
def _program() -> None:
    """Controlled production deploys: the actions, and a rehearsal of the whole pipeline on this machine."""


def _action_command(name: str) -> click.Command:
    action = load_action(name)
    fields = action.inputs.fields()
    parameters: list[click.Parameter] = [_option(field) for field in fields if not field.is_secret]
    parameters.append(click.Option(["--json"], is_flag=True, help="Print the result document and nothing else."))
    return click.Command(
        name, params=parameters, callback=_callback(name), help=_help(name, [f for f in fields if f.is_secret])
    )


def _option(field: Field) -> click.Option:
    """A flag for an input. Whether it is required is for the runner to say, since the environment may give it."""
    default = "" if field.required else f" Default: {field.default or 'none'}."
    text = f"{field.description} Expects {expectation(field.kind)}.{default}"
    return click.Option([f"--{field.name}", field.attribute], help=text, metavar="TEXT", envvar=None)


def _help(name: str, secret_fields: Sequence[Field]) -> str:
    from inspect import getdoc, getmodule

    text = getdoc(getmodule(load_action(name).run)) or ""
    variables = "".join(f"\n\n{field.variable}: {field.description}" for field in secret_fields)
    return text + (
        f"\n\nSecret values are taken from the environment, never from flags:{variables}" if variables else ""
    )


def _callback(name: str) -> Callable[..., int]:
    def callback(json: bool, **texts: str | None) -> int:
        given = {key.replace("_", "-"): text for key, text in texts.items() if text is not None}
        return run_action(
            name, load_action(name), given, os.environ, stdout=sys.stdout, stderr=sys.stderr, as_json=json
        )

    return callback


@_program.command(name="generate")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file differs from what would be written.")
def _generate(check: bool) -> int:
    """Write each action's action.yml, README.md and result.schema.json from its declaration."""
    from deploy_actions.generate.files import write

    return write(check=check, say=click.echo)
