import pytest
from tests.actions.health_check.kind_settings import asked, judged, made

from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, NoAnswer, TcpProbe

JUDGED = [
    (Answer(seconds=0.1), None, ""),
    (NoAnswer("connection refused"), "unhealthy", "connection refused"),
    (NoAnswer("no route", is_ours=True), "check-not-made", "no route"),
    (None, "check-not-made", "nothing to ask"),
]


@pytest.mark.parametrize(("outcome", "cause", "words"), JUDGED)
def test_a_server_is_healthy_when_it_takes_a_connection(
    outcome: Answer | NoAnswer | None, cause: str | None, words: str
) -> None:
    result = judged(made("tcp", tcp="db.example:5432"), outcome)
    assert result.cause == cause
    assert words in result.words


def test_the_address_is_asked_and_named() -> None:
    kind = made("tcp", tcp="[::1]:22")
    assert asked(kind) == TcpProbe(HostAndPort("::1", 22))
    assert kind.target == "tcp [::1]:22"


@pytest.mark.parametrize("text", ["db.example", "db.example:0", "tcp://db.example:1", "", "a b:1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(NotOfType, match="`tcp`"):
        made("tcp", tcp=text)
