"""The inputs of every action that starts a command of the product's."""

from typing import ClassVar, Self

from deploy_actions.core.choices import Choices
from deploy_actions.core.declare import Inputs, optional, required
from deploy_actions.core.input_types import (
    ArgumentList,
    Duration,
    Names,
    SecretNames,
    refuse_repeated,
    secret_name,
    split_list,
)


class SecretFiles(tuple[tuple[str, str], ...]):
    """Pairs of a variable and the secret whose file it names: `KUBECONFIG=CLUSTER_CONFIG`, or one name for both."""

    expects: ClassVar[str] = "secrets by newline or comma, as in `KUBECONFIG=CLUSTER_CONFIG`, or a secret's name alone"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for what is no variable or no secret, and for a variable that stands twice."""
        pairs = (item.partition("=") for item in split_list(text))
        named = tuple((variable.strip(), (secret or variable).strip()) for variable, _, secret in pairs)
        for pair in named:
            for name in pair:
                secret_name(name)
        refuse_repeated(tuple(variable for variable, _ in named))
        return cls(named)


class WorkflowCommands(Choices):
    """Workflow commands that can do no more than show, or hide, something."""

    words: ClassVar[tuple[str, ...]] = ("add-mask", "debug", "error", "notice", "warning")


class CommandInputs(Inputs, frozen=True):
    """The command, all that it gets, and how long it may take."""

    command: ArgumentList = required(
        "The program and its arguments: a JSON list of strings, or one argument a line. No shell reads it."
    )
    secrets: SecretNames = optional(
        "[]",
        "Names of the secrets that the command gets as environment variables: a JSON list, or by newline or comma.",
    )
    secret_files: SecretFiles = optional(
        "",
        "Secrets that the command gets as private files, wiped afterwards: `KUBECONFIG=CLUSTER_CONFIG` puts the path"
        " of the file into that variable.",
    )
    optional_secrets: SecretNames = optional(
        "[]", "Those of the secrets that may be absent; preflight-secrets names them in its output `absent`."
    )
    variables: Names = optional(
        "", "Names of further environment variables that the command gets, by newline or comma."
    )
    working_directory: str = optional(".", "The folder in which the command runs, from the workspace.")
    timeout: Duration | None = optional("", "How long the command may take; empty or 0s for no limit of its own.")
    grace_period: Duration = optional(
        "5s",
        "From telling the command and its children to stop, until what is left of them is killed; once the runner sends"
        " SIGTERM, at most 2 seconds.",
    )
    heartbeat: Duration = optional(
        "1m", "How long the command may print nothing until a line says that it runs; 0s: never."
    )
    allow_workflow_commands: WorkflowCommands | None = optional(
        "", "Workflow commands of the command's that the runner may read. Groups are always kept."
    )
