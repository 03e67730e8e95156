import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.health_check.kind_settings import NOW, asked, judged, made, printed

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, CommandProbe, NoAnswer


def shown(active: str = "active", sub: str = "running", restarts: str = "0", load: str = "loaded") -> Answer:
    return printed(f"Result=success\nNRestarts={restarts}\nLoadState={load}\nActiveState={active}\nSubState={sub}\n")


JUDGED = [
    (shown(), None, ""),
    (shown(sub="exited"), None, ""),
    (shown("activating", "auto-restart"), "unhealthy", "activating auto-restart"),
    (shown("failed", "failed"), "unhealthy", "failed"),
    (shown("inactive", "dead"), "unhealthy", "inactive"),
    (shown("inactive", "dead", load="not-found"), "unhealthy", "no such unit"),
    (printed("ActiveState=active\nSubState=listening\nLoadState=loaded\n"), None, ""),
    (printed("", 1), "check-not-made", "exit code 1"),
    (printed(""), "check-not-made", ""),
    (printed("Failed to connect to bus\n", 1), "check-not-made", ""),
    (NoAnswer("no program `systemctl`", is_ours=True), "check-not-made", "systemctl"),
    (None, "check-not-made", ""),
]


@pytest.mark.parametrize(("outcome", "cause", "words"), JUDGED)
def test_a_unit_is_healthy_when_it_is_active(outcome: Answer | NoAnswer | None, cause: str | None, words: str) -> None:
    result = judged(made("systemd", systemd="shop.service"), outcome)
    assert result.cause == cause
    assert words in result.words


RESTARTS = [
    (["3", "3", "3"], [None, None, None]),
    (["3", "4", "4"], [None, "restarted", "restarted"]),
    (["0", "1"], [None, "restarted"]),
]


@pytest.mark.parametrize(("counts", "causes"), RESTARTS)
def test_a_unit_that_restarted_since_it_was_first_seen_active_is_not_healthy_again(
    counts: list[str], causes: list[str | None]
) -> None:
    kind, memory = made("systemd", systemd="shop.service"), Memory(now=NOW)
    assert [judged(kind, shown(restarts=count), memory).cause for count in counts] == causes


def test_restarts_before_a_unit_was_first_active_do_not_count() -> None:
    kind, memory = made("systemd", systemd="shop.service"), Memory(now=NOW)
    assert judged(kind, shown("activating", "auto-restart", restarts="1"), memory).cause == "unhealthy"
    assert judged(kind, shown(restarts="2"), memory).cause is None


def test_the_unit_stands_behind_the_end_of_the_options() -> None:
    probe = asked(made("systemd", systemd="shop@1.service"))
    assert isinstance(probe, CommandProbe)
    assert probe.command[:2] == ("systemctl", "show")
    assert probe.command[-2:] == ("--", "shop@1.service")


@pytest.mark.parametrize("unit", ["", "-H", "--host=evil", "a b", "shop*", "a/b", "a\nb", "shop.service;x"])
def test_what_is_no_unit_is_refused(unit: str) -> None:
    with pytest.raises(NotOfType, match="`systemd`"):
        made("systemd", systemd=unit)


@given(st.binary() | st.text(alphabet="ActiveState=\nNRestarts\x1b").map(str.encode), st.integers(0, 255))
def test_no_output_makes_the_judgement_fail(body: bytes, status: int) -> None:
    result = judged(made("systemd", systemd="shop.service"), printed(body, status))
    assert len(result.words) < 200
    assert result.words.isprintable()
