"""What the composition root hands to a service that it connects."""

from collections.abc import Callable, Mapping

import msgspec

from deploy_actions.core.redact import Redactor


class World(msgspec.Struct, frozen=True):
    """The environment, what must be redacted, and `say`, which shows a line of somebody else's text in the log."""

    environ: Mapping[str, str]
    redactor: Redactor
    say: Callable[[str], None]
