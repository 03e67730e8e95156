"""What log-audit is asked, and what it answers."""

from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import Inputs, Outputs, optional, output
from deploy_actions.core.input_types import Duration, Lines, SecretNames
from deploy_actions.core.secret import Secret


class LogAuditInputs(Inputs, frozen=True):
    """What to search, and for what."""

    paths: Lines = optional(
        "", "Files, folders with all below them, `.zip` and `.gz` archives, by newline or comma; `-` is standard input."
    )
    run_id: int | None = optional("", "The id of a run at GitHub, whose jobs' logs are searched.")
    run_attempt: int | None = optional("", "The number of that run's attempt; by default its latest.")
    own_job: str = optional(
        "audit",
        "The name of the job in which the audit itself runs, which is not over; of one in a reusable workflow the part "
        "behind ` / `.",
    )
    repository: RepositoryName | None = optional("", "The repository of the run, as in `acme/orders`.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret | None = optional("", "A token that may read the repository's actions.")
    timeout: Duration = optional("5m", "How long GitHub may take in all until each log begins, with retries.")
    secrets: SecretNames = optional("", "Names of the secrets whose values are searched for, by newline or comma.")


class LogAuditOutputs(Outputs, frozen=True):
    """What was found."""

    leaks: int | None = output("How many leaks there are, in all logs that could be read.")
    rotate: tuple[str, ...] | None = output("The names of the known secrets that leaked, as a JSON list.")
