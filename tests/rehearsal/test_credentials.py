"""What a rehearsal makes is of the real form: preflight-secrets recognises it, and reads the end that was asked for."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from deploy_actions.credentials import KINDS, kind_of
from deploy_actions.rehearsal.credentials import MAKERS, PASSWORD, make
from deploy_actions.rehearsal.scenario import Credential

NAMES = {"certificate": "x509", "rsa-key": "pem-private-key"}
STATING = sorted(set(MAKERS) - {"opaque", "rsa-key", "github-token"})


def test_a_scenario_may_ask_for_what_can_be_made_and_for_nothing_else() -> None:
    fields = {field.name: field.type for field in msgspec.structs.fields(Credential)}
    assert set(get_args(fields["make"])) == {*MAKERS, "literal"}


@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"opaque"}))
def test_what_is_made_is_recognised(name: str) -> None:
    kind = kind_of(make(Credential(make=name)))  # type: ignore[arg-type]  # a name from the table
    assert kind
    assert kind.name == NAMES.get(name, name)


@pytest.mark.parametrize("lasts", ["3d", "-1h"])
@pytest.mark.parametrize("name", STATING)
def test_what_is_made_ends_when_it_was_asked_to(name: str, lasts: str) -> None:
    value = make(Credential(make=name, expires_in=lasts))  # type: ignore[arg-type]  # a name from the table
    kind = KINDS[NAMES.get(name, name)]
    read = kind.unlock(value, PASSWORD) if kind.unlock else kind.read(value)
    wanted = datetime.now(UTC) + (timedelta(days=3) if lasts == "3d" else -timedelta(hours=1))
    assert read.expires
    assert abs(read.expires - wanted) < timedelta(seconds=20)
