"""The inputs and outputs of run-rollback."""

from typing import ClassVar, Self

from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import optional, output, required
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.secret import Secret
from deploy_actions.core.versions import CommitSha, VersionText
from deploy_actions.guard.ending import CommandOutputs
from deploy_actions.guard.inputs import CommandInputs


class PathPatterns(tuple[str, ...]):
    """Patterns of paths as in `.gitignore`, one a line."""

    expects: ClassVar[str] = "patterns of paths as in `.gitignore`, one a line"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType for a pattern that is none."""
        lines = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
        cls(lines).matching(())
        return cls(lines)

    def matching(self, paths: tuple[str, ...]) -> list[str]:
        """Those of the paths that a pattern matches, and no later pattern with a `!` takes out again."""
        from pathspec import GitIgnoreSpec  # 50 ms, which only a rollback with patterns pays for

        try:
            spec = GitIgnoreSpec.from_lines(self)
        except ValueError:
            raise NotOfType(f"is not {self.expects}") from None
        return [path for path in paths if spec.match_file(path)]


class RunRollbackInputs(CommandInputs, frozen=True):
    """The command, the version it takes production back to, and what forbids it."""

    sha: CommitSha = required("The commit whose deploy failed, in full.")
    to_version: VersionText | None = optional(
        "", "The version that was last healthy: version-gate's output `last-healthy-version`. Empty: none is known."
    )
    no_rollback_if: PathPatterns = optional(
        "",
        "Paths whose change since what was live forbids a rollback, such as migrations: patterns as in `.gitignore`,"
        " one a line.",
    )
    no_rollback_file: str = optional(
        "", "A file whose presence forbids a rollback, as a migration that cannot be undone may leave."
    )
    repository: RepositoryName | None = optional("", "The repository that is deployed, as in `acme/orders`.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret | None = optional("", "A token that may read contents, for `no-rollback-if`.")


class RunRollbackOutputs(CommandOutputs, frozen=True):
    """How the command ended, and what it restored."""

    restored_version: str | None = output("The version that production was taken back to; empty if it was not.")
