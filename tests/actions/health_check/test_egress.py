import pytest
from tests.actions.health_check.kind_settings import MEANS

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.actions.health_check.egress import egress_checks
from deploy_actions.core.probing import Answer, HttpProbe, NoAnswer


def asked(server_url: str) -> list[str]:
    probes = [check.kind.probe(MEANS) for check in egress_checks(server_url)]
    return [probe.url for probe in probes if isinstance(probe, HttpProbe)]


SERVERS = [
    ("https://github.com", "https://github.com/"),
    ("https://github.com", "https://api.github.com/"),
    ("https://github.com", "https://codeload.github.com/"),
    ("https://github.com", "https://results-receiver.actions.githubusercontent.com/"),
    ("https://github.com", "https://ghcr.io/"),
    ("https://ghes.example", "https://ghes.example/"),
    ("https://ghes.example", "https://ghes.example/api/v3/meta"),
    ("https://ghes.example:8443", "https://ghes.example:8443/"),
]


@pytest.mark.parametrize(("server_url", "url"), SERVERS)
def test_the_hosts_that_a_runner_needs_are_asked(server_url: str, url: str) -> None:
    assert url in asked(server_url)


def test_a_runner_of_ones_own_server_needs_nothing_of_github_com() -> None:
    assert all(url.startswith("https://ghes.example/") for url in asked("https://ghes.example"))


def test_each_host_is_asked_once_and_named_with_what_it_is_for() -> None:
    found = egress_checks("https://github.com")
    assert len({check.name for check in found}) == len(set(asked("https://github.com"))) == len(found)
    assert all(check.name.endswith(")") and len(check.name) <= 80 for check in found)


JUDGED = [
    (Answer(seconds=0.1, status=200), None),
    (Answer(seconds=0.1, status=404), None),
    (Answer(seconds=0.1, status=503), None),
    (NoAnswer("the TLS handshake failed"), "unhealthy"),
    (NoAnswer("no resolver answers", is_ours=True), "check-not-made"),
]


@pytest.mark.parametrize(("outcome", "cause"), JUDGED)
def test_a_host_is_reached_when_it_answers_whatever_the_status(outcome: Answer | NoAnswer, cause: str | None) -> None:
    for check in egress_checks("https://github.com"):
        assert check.kind.judge({"": outcome}, Memory()).cause == cause


def test_one_answer_of_each_within_five_seconds_decides() -> None:
    for check in egress_checks("https://github.com"):
        assert check.critical
        assert (check.pace.timeout, check.pace.probe_timeout, check.pace.interval) == (5.0, 5.0, 1.0)
        assert (check.pace.successes, check.pace.grace, check.pace.soak, check.pace.failures) == (1, 0.0, 0.0, 0)
