from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.health_check.kind_settings import NOW, asked, judged, made, printed

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, CommandProbe, NoAnswer

FILE = "deploy/compose.yaml"


def container(service: str = "web", status: str = "Up 5 minutes", **more: Any) -> dict[str, Any]:
    base = {"Service": service, "State": "running", "ID": f"id-{service}", "Name": f"shop-{service}-1"}
    return {**base, "Health": "", "Status": status, "ExitCode": 0, "Publishers": [], **more}


def listed(*containers: dict[str, Any]) -> Answer:
    return printed("\n".join(msgspec.json.encode(one).decode() for one in containers))


def as_array(*containers: dict[str, Any]) -> Answer:
    return printed(msgspec.json.encode(containers))


EXITED = container("migrate", "Exited (1) 2 minutes ago", State="exited", ExitCode=1)
ONE_OFF = container("web", State="exited", Labels="a=b,com.docker.compose.oneoff=True")
JUDGED: list[tuple[dict[str, Any], Any, str | None, str]] = [
    ({}, listed(container()), None, ""),
    ({}, as_array(container(), container("db")), None, ""),
    ({}, listed(container(Health="healthy")), None, ""),
    ({}, listed(container(Health="starting")), "unhealthy", "service web is starting, expected healthy"),
    ({}, as_array(container(Health="unhealthy")), "unhealthy", "service web is unhealthy"),
    ({}, listed(container(), container("db", State="restarting")), "unhealthy", "service db is restarting"),
    ({}, listed(container(), EXITED), "unhealthy", "service migrate is exited with exit code 1"),
    ({"services": ["web"]}, listed(container(), EXITED), None, ""),
    ({"services": "web, db"}, listed(container()), "unhealthy", "no container of db"),
    ({}, listed(container(), ONE_OFF), None, ""),
    ({}, printed(""), "unhealthy", "no container of any service"),
    ({}, printed("[]"), "unhealthy", "no container of any service"),
    ({}, printed("", 14), "check-not-made", "exit code 14"),
    ({}, printed("docker: unknown command: docker compose", 1), "check-not-made", "exit code 1"),
    ({}, printed("NAME  IMAGE\nweb  x"), "check-not-made", ""),
    ({}, printed("[" * 100_000), "check-not-made", ""),
    ({}, printed(b'{"Service": "web", "State": "running"}', is_cut=True), "check-not-made", ""),
    ({}, NoAnswer("no program `docker`", is_ours=True), "check-not-made", "docker"),
    ({}, None, "check-not-made", ""),
]


@pytest.mark.parametrize(("settings", "outcome", "cause", "words"), JUDGED)
def test_each_service_must_run_and_be_healthy_where_it_has_a_healthcheck(
    settings: dict[str, Any], outcome: Answer | NoAnswer | None, cause: str | None, words: str
) -> None:
    result = judged(made("docker-compose", docker_compose=FILE, **settings), outcome)
    assert result.cause == cause
    assert words in result.words


# seconds since the first attempt, and what docker says then
RESTARTED: list[tuple[str, list[tuple[float, str]], list[str | None]]] = [
    ("it runs on", [(0, "Up 5 seconds"), (5, "Up 10 seconds"), (60, "Up About a minute")], [None, None, None]),
    ("it runs on, healthy", [(0, "Up 59 minutes (healthy)"), (60, "Up About an hour (healthy)")], [None, None]),
    ("hours are rounded", [(0, "Up 2 hours"), (3500, "Up 2 hours"), (3700, "Up 3 hours")], [None, None, None]),
    ("days follow hours", [(0, "Up 47 hours"), (60, "Up 2 days"), (86_400, "Up 3 days")], [None, None, None]),
    ("years", [(0, "Up 23 months"), (86_400, "Up 2 years")], [None, None]),
    ("started again", [(0, "Up 3 minutes"), (5, "Up 1 second")], [None, "restarted"]),
    ("started again after weeks", [(0, "Up 3 weeks"), (5, "Up Less than a second")], [None, "restarted"]),
    ("up longer than before, yet not long enough", [(0, "Up 3 seconds"), (30, "Up 9 seconds")], [None, "restarted"]),
    (
        "not healthy again later",
        [(0, "Up 1 hour"), (5, "Up 1 second"), (15, "Up 11 seconds")],
        [None, *["restarted"] * 2],
    ),
    ("no words of docker's", [(0, "Up"), (5, "läuft"), (9, "")], [None, None, None]),
]


@pytest.mark.parametrize(("seen", "causes"), [row[1:] for row in RESTARTED], ids=[row[0] for row in RESTARTED])
def test_a_container_that_began_later_than_first_seen_was_restarted(
    seen: list[tuple[float, str]], causes: list[str | None]
) -> None:
    kind, memory = made("docker-compose", docker_compose=FILE), Memory()
    found = []
    for seconds, status in seen:
        memory.now = NOW + timedelta(seconds=seconds)
        found.append(judged(kind, listed(container(status=status)), memory).cause)
    assert found == causes


def test_a_slow_answer_is_not_taken_for_a_restart() -> None:
    kind, memory = made("docker-compose", docker_compose=FILE), Memory(now=NOW)
    assert judged(kind, listed(container(status="Up 10 seconds")), memory).cause is None
    memory.now = NOW + timedelta(seconds=20)
    slow = msgspec.structs.replace(listed(container(status="Up 15 seconds")), seconds=15.0)
    assert judged(kind, slow, memory).cause is None


def test_a_container_in_the_place_of_another_is_a_restart_that_names_the_service() -> None:
    kind, memory = made("docker-compose", docker_compose=FILE), Memory(now=NOW)
    assert judged(kind, listed(container()), memory).cause is None
    result = judged(kind, listed(container(ID="other")), memory)
    assert (result.cause, result.words) == ("restarted", "service web has another container than at first")


def test_what_happened_before_all_were_well_does_not_count() -> None:
    kind, memory = made("docker-compose", docker_compose=FILE), Memory(now=NOW)
    assert judged(kind, listed(container(Health="starting")), memory).cause == "unhealthy"
    assert judged(kind, listed(container(ID="other", status="Up 1 second")), memory).cause is None


def test_compose_is_asked_for_the_project_in_the_file() -> None:
    probe = asked(made("docker-compose", docker_compose=FILE, project="shop-blue"))
    assert isinstance(probe, CommandProbe)
    assert probe.command == (
        *("docker", "compose", f"--file={FILE}", "--project-name=shop-blue"),
        *("ps", "--all", "--format", "json"),
    )
    assert "DOCKER_*" in probe.variables


@pytest.mark.parametrize("settings", [{}, {"docker_compose": ""}, {"docker_compose": FILE, "services": {"a": "b"}}])
def test_what_names_no_file_or_no_services_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(NotOfType):
        made("docker-compose", **settings)


ANY_JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from(["Service", "State", "ID", "Name", "Health", "Status", "Labels", "ExitCode"])
CONTAINERS = st.lists(st.dictionaries(FIELDS, st.text() | ANY_JSON)).map(msgspec.json.encode)


@given(st.binary() | CONTAINERS | ANY_JSON.map(msgspec.json.encode), st.sampled_from([0, 1]))
def test_no_output_makes_the_judgement_fail(body: bytes, status: int) -> None:
    result = judged(made("docker-compose", docker_compose=FILE), printed(body, status))
    assert len(result.words) < 600
    assert result.words.isprintable()


@given(st.text(max_size=200), st.text(max_size=30))
def test_hostile_names_and_states_are_not_shown(service: str, state: str) -> None:
    result = judged(made("docker-compose", docker_compose=FILE), listed(container(service, State=state, Health=state)))
    assert "\n" not in result.words
    assert "\x1b" not in result.words
