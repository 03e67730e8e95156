from datetime import timedelta

import pytest
from tests.actions.health_check.kind_settings import NOW, asked, judged, made

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, NoAnswer, TlsProbe

ADDRESS = "shop.example:443"


def ends_in(**time: float) -> Answer:
    return Answer(seconds=0.1, certificate_ends=NOW + timedelta(**time))


JUDGED = [
    ({}, ends_in(days=1), None, ""),
    ({}, Answer(seconds=0.1), None, ""),
    ({"certificate_days": "14"}, ends_in(days=14), None, ""),
    ({"certificate_days": "14"}, ends_in(days=13, hours=23), "unhealthy", "ends in"),
    ({"certificate_days": "14"}, Answer(seconds=0.1), "unhealthy", "no certificate whose end is known"),
    ({}, NoAnswer("the certificate names another host"), "unhealthy", "another host"),
    ({}, NoAnswer("no resolver", is_ours=True), "check-not-made", "no resolver"),
    ({}, None, "check-not-made", ""),
]


@pytest.mark.parametrize(("settings", "outcome", "cause", "words"), JUDGED)
def test_a_certificate_is_trusted_and_lasts_as_many_days_as_asked(
    settings: dict[str, str], outcome: Answer | NoAnswer | None, cause: str | None, words: str
) -> None:
    result = judged(made("tls", tls=ADDRESS, **settings), outcome)
    assert result.cause == cause
    assert words in result.words


def test_the_end_of_a_certificate_is_compared_with_the_present_moment() -> None:
    kind = made("tls", tls=ADDRESS, certificate_days="10")
    answer = ends_in(days=15)
    assert judged(kind, answer, Memory(now=NOW)).cause is None
    assert judged(kind, answer, Memory(now=NOW + timedelta(days=6))).cause == "unhealthy"


def test_the_authorities_are_read_from_their_file() -> None:
    probe = asked(made("tls", tls=ADDRESS, authorities="ca.pem"))
    assert probe == TlsProbe(HostAndPort("shop.example", 443), "text of ca.pem")
    assert asked(made("tls", tls=ADDRESS)) == TlsProbe(HostAndPort("shop.example", 443))


@pytest.mark.parametrize("settings", [{"tls": "shop.example"}, {"tls": ADDRESS, "certificate_days": "-1"}])
def test_what_is_no_address_or_no_number_of_days_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(NotOfType):
        made("tls", **settings)
