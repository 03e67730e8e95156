"""Which runner pool was chosen for a deploy, as route-runner hands it to verify-runner in the deploy's own job."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self

import msgspec

from deploy_actions.core.input_types import NotOfType


class ChosenRunner(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A runner that may take the deploy. `id` is GitHub's; None where only the name is known."""

    id: int | None
    name: str


class RunnerChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pool of runners. `runners` are those that may take the deploy; empty where the pool makes them on demand.

    `group_ids` are those of the runner groups that they are in; empty where they are not known. The approval of the
    pool ends with the day `approved_until`, in UTC.
    """

    environment: str
    role: Literal["primary", "secondary"]
    pool: str
    labels: tuple[str, ...]
    group: str | None
    group_ids: tuple[int, ...]
    runners: tuple[ChosenRunner, ...]
    approved_until: date
    chosen_at: Annotated[datetime, msgspec.Meta(tz=True)]

    expects: ClassVar[str] = "the choice of route-runner, its output `choice`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            raise NotOfType(f"is not {cls.expects}") from None

    def text(self) -> str:
        """The choice as an output."""
        return msgspec.json.encode(self).decode()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the runners."""
        return tuple(one.name for one in self.runners)

    def ids_of(self, name: str) -> frozenset[int]:
        """The ids that a runner of this name may have; none where they are not known."""
        return frozenset(one.id for one in self.runners if one.name == name and one.id is not None)

    @property
    def runs_on(self) -> str:
        """The JSON for `runs-on: ${{ fromJSON(…) }}`: labels, and the group that they are looked for in."""
        labels = list(self.labels)
        return msgspec.json.encode({"group": self.group, "labels": labels} if self.group else labels).decode()
