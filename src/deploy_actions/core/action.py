"""Binds a room's `run` to its declaration, and finds rooms by the names of their folders."""

from collections.abc import Callable, Mapping
from typing import Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from deploy_actions.core.common_reasons import CommonReasons
from deploy_actions.core.declare import Inputs, Outputs
from deploy_actions.core.verdict import Reason, Report, reasons_of

I = TypeVar("I", bound=Inputs)  # noqa: E741  # the usual letter for inputs
P = ParamSpec("P")


class Action(Generic[I, P]):
    """An action: `run(inputs, port, …) -> Report` and what it declares.

    `permissions` maps each permission of the job's token that the action needs to the reason why. An action that does
    not `blocks` reports what it could not do as a warning: what it is for comes after the deploy. `documents` are the
    forms of the files that it reads or writes, by name; their JSON Schemas are published beside its page.
    """

    def __init__(  # noqa: PLR0913  # one parameter for each thing declared
        self,
        *,
        run: Callable[Concatenate[I, P], Report],
        inputs: type[I],
        outputs: type[Outputs],
        reasons: type,
        permissions: Mapping[str, str],
        blocks: bool = True,
        documents: Mapping[str, type] | None = None,
    ) -> None:
        self.run = run
        self.inputs = inputs
        self.outputs = outputs
        self.own_reasons = reasons_of(reasons)
        self.permissions = permissions
        self.blocks = blocks
        self.documents = documents or {}

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The action's own reasons, then those common to all."""
        return (*self.own_reasons, *reasons_of(CommonReasons))

    @property
    def ports(self) -> dict[str, type]:
        """The outside worlds that `run` asks for, by parameter name: all that the action can touch."""
        hints = get_type_hints(self.run)
        return dict([(name, kind) for name, kind in hints.items() if name != "return"][1:])
