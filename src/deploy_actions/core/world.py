"""What the composition root hands to a service that it connects."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret


class World(msgspec.Struct, frozen=True):
    """The environment, what must be redacted, and two doors to the log.

    `say` shows a line of somebody else's text. `mask` has the runner hide values from then on, and returns how many
    masks that took: none where no runner reads.
    """

    environ: Mapping[str, str]
    redactor: Redactor
    say: Callable[[str], None]
    mask: Callable[[Sequence[Secret]], int] = lambda _values: 0
