"""How environments are protected, as plain data."""

import msgspec


class Protection(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """How an environment is protected; `wait_timer` in minutes, `reviewer_teams` and `custom_rules` (apps) are slugs.

    `protected_branches`: for runs of these alone. In their place `branches` and `tags` are patterns; null and none for
    runs of every ref, [] and none for a policy that no ref meets. `can_admins_bypass`: null where GitHub does not tell.
    """

    reviewers: list[str] = []
    prevent_self_review: bool = False
    wait_timer: int = 0
    protected_branches: bool = False
    reviewer_teams: list[str] = []
    branches: list[str] | None = None
    tags: list[str] = []
    custom_rules: list[str] = []
    can_admins_bypass: bool | None = True

    def __post_init__(self) -> None:
        """Raises ValueError for what no environment can be."""
        if self.protected_branches and self.has_patterns:
            raise ValueError("an environment has either `protected-branches` or patterns, `branches` and `tags`")

    @property
    def has_patterns(self) -> bool:
        """Whether refs are allowed by patterns."""
        return self.branches is not None or bool(self.tags)
