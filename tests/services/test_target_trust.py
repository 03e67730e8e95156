"""Whom a probe trusts: a certificate of a known authority, in time, for the host that was asked."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.servers import Authority, Pair, tls_server
from tests.services.test_target_probes import answer, failure, outcomes

from deploy_actions.core.probing import HttpProbe, NoAnswer, TlsProbe

AUTHORITY = Authority()


def test_a_certificate_of_a_known_authority_is_trusted_and_its_end_is_told() -> None:
    with tls_server(AUTHORITY.issue(days=10)) as server:
        seen = answer(TlsProbe(server, AUTHORITY.certificate))
        page = answer(HttpProbe(url=f"https://{server}/", authorities=AUTHORITY.certificate))
    assert seen.certificate_ends is not None
    assert timedelta(days=9) < seen.certificate_ends - datetime.now(UTC) < timedelta(days=11)
    assert (page.status, page.certificate_ends) == (200, seen.certificate_ends)


@pytest.mark.parametrize(
    ("pair", "authorities", "cause"),
    [
        (AUTHORITY.issue(days=-1), AUTHORITY.certificate, "its certificate has expired"),
        (AUTHORITY.issue(host="other.example"), AUTHORITY.certificate, "its certificate is for another host"),
        (AUTHORITY.self_signed(), None, "its certificate is signed by no authority that is trusted"),
        (AUTHORITY.issue(), None, "its certificate is signed by no authority that is trusted"),
        (AUTHORITY.issue(), Authority().certificate, "its certificate is signed by no authority that is trusted"),
    ],
    ids=["expired", "another host", "self-signed", "unknown authority", "another authority"],
)
def test_a_certificate_not_to_be_trusted_is_the_targets_own(pair: Pair, authorities: str | None, cause: str) -> None:
    with tls_server(pair) as server:
        assert failure(TlsProbe(server, authorities)) == NoAnswer(cause)
        assert failure(HttpProbe(url=f"https://{server}/", authorities=authorities)) == NoAnswer(cause)


def test_the_name_in_the_certificate_is_the_urls_also_at_an_instance() -> None:
    with tls_server(AUTHORITY.issue(host="shop.example")) as server:
        url = f"https://shop.example:{server.port}/"
        probe = HttpProbe(url=url, instances=(server,), authorities=AUTHORITY.certificate)
        (seen,) = outcomes(probe).values()
    assert getattr(seen, "status", seen) == 200


def test_authorities_that_are_no_certificates_are_our_own_affair() -> None:
    with tls_server(AUTHORITY.issue()) as server:
        assert failure(TlsProbe(server, "no certificate")).is_ours


def test_a_server_without_http2_is_told() -> None:
    with tls_server(AUTHORITY.issue()) as server:
        probe = HttpProbe(url=f"https://{server}/", version="2", authorities=AUTHORITY.certificate)
        assert failure(probe) == NoAnswer("the server speaks no HTTP/2")
