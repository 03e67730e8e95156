import pytest
from tests.actions.health_check.kind_settings import asked, judged, made

from deploy_actions.core.address_types import HostAndPort
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import Answer, GrpcProbe, NoAnswer

ADDRESS = "shop.example:50051"
JUDGED = [
    (Answer(seconds=0.1, status=1), None, ""),
    (Answer(seconds=0.1, status=2), "unhealthy", "NOT_SERVING"),
    (Answer(seconds=0.1, status=3), "unhealthy", "SERVICE_UNKNOWN"),
    (Answer(seconds=0.1, status=0), "unhealthy", "says UNKNOWN"),
    (Answer(seconds=0.1, status=9), "unhealthy", "says 9"),
    (NoAnswer("the method is not implemented"), "unhealthy", "not implemented"),
    (NoAnswer("no route", is_ours=True), "check-not-made", "no route"),
    (None, "check-not-made", ""),
]


@pytest.mark.parametrize(("outcome", "cause", "words"), JUDGED)
def test_a_service_is_healthy_when_it_says_that_it_is_serving(
    outcome: Answer | NoAnswer | None, cause: str | None, words: str
) -> None:
    result = judged(made("grpc", grpc=ADDRESS), outcome)
    assert result.cause == cause
    assert words in result.words


def test_the_service_is_asked_over_tls_unless_said_otherwise() -> None:
    address = HostAndPort("shop.example", 50051)
    assert asked(made("grpc", grpc=ADDRESS)) == GrpcProbe(address)
    kind = made("grpc", grpc=ADDRESS, service="shop.v1.Orders", tls="false", authorities="ca.pem")
    assert asked(kind) == GrpcProbe(address, "shop.v1.Orders", tls=False, authorities="text of ca.pem")
    assert kind.target == "grpc shop.example:50051 shop.v1.Orders"


@pytest.mark.parametrize("settings", [{"grpc": "shop.example"}, {"grpc": ADDRESS, "service": "a\nb"}])
def test_what_is_no_address_or_no_service_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(NotOfType):
        made("grpc", **settings)
