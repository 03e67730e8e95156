"""The engine of this runtime, with what it compiled of the library's rules kept beside the runtime's packages."""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import msgspec

from deploy_actions import leaks
from deploy_actions.core.leak_search import Leak, OverMasked, Plan, Unsearchable
from deploy_actions.core.world import World
from deploy_actions.leaks.engine import Refused
from deploy_actions.leaks.known_values import KnownValues
from deploy_actions.leaks.rule_pack import pack
from deploy_actions.leaks.search import Search
from deploy_actions.leaks.targets import searchable
from deploy_actions.leaks.unknown_values import Compiled, UnknownValues, compiled
from deploy_actions.services.files import put_in_place

_RULES = Path(leaks.__file__).with_name("rules.json")
_FORM = 1
"""Of what is kept; one more when that changes."""


class Scanner:
    """Searches by the library's rules, which are compiled once for a runtime: known values are never kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def searcher(self, plan: Plan) -> "_Searcher":
        """See `log_ports.LeakScanning`."""
        targets, unsearchable = searchable(plan.targets)
        return _Searcher(Search(KnownValues(targets), self._rules()), unsearchable)

    def _rules(self) -> UnknownValues:
        document = _RULES.read_bytes()
        rules = pack(document)
        kept = self._folder / f"leak-rules-{_key(document)}"
        try:
            return UnknownValues(rules, msgspec.msgpack.decode(kept.read_bytes(), type=Compiled))
        except (OSError, msgspec.MsgspecError, Refused):  # never made, not readable, or of another processor
            made = compiled(rules)
            with suppress(OSError):  # where it may not be kept, it is made each time
                put_in_place(str(kept), msgspec.msgpack.encode(made))
            return UnknownValues(rules, made)


class _Searcher:
    def __init__(self, search: Search, unsearchable: Sequence[Unsearchable]) -> None:
        self._search = search
        self.unsearchable = unsearchable

    def search(self, log: Iterable[bytes]) -> Iterator[Leak | OverMasked]:
        return self._search.find(log)


def _key(document: bytes) -> str:
    versions = f"{_FORM} {version('hyperscan')} {sys.version}"
    return hashlib.sha256(versions.encode() + document).hexdigest()[:32]


def connect(_world: World) -> Scanner:
    """Beside the packages, which are trusted as much."""
    return Scanner(Path(sys.prefix))
