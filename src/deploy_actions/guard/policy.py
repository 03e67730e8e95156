"""What follows from a failed deploy, as the workflow declares it."""

from typing import ClassVar

from deploy_actions.core.choices import Choice


class FailurePolicy(Choice):
    """What follows from a failed deploy: the next one mends it, the last healthy version comes back, or all stops."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("fix-forward", "rollback", "hold")
