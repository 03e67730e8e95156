import asyncio

import pytest
from tests.http2_server import Request, Talk, talk
from tests.servers import HOSTILE, Authority

from deploy_actions.services.probing.grpc import check
from deploy_actions.services.probing.raw import Broken

OK = [(":status", "200"), ("content-type", "application/grpc+proto")]
DONE = [("grpc-status", "0")]
Fields = list[tuple[str, str]]
Answer = tuple[Fields, bytes, Fields]


def ask(answer: Answer, service: str = "", authority: Authority | None = None) -> tuple[int, Request]:
    requests: list[Request] = []

    async def script(said: Talk) -> None:
        requests.append(await said.request())
        await said.answer(*answer)

    async def question(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        return await check(reader, writer, "shop.example:50051", service, tls=authority is not None)

    return talk(script, question, authority), requests[0]


def message(octets: bytes, flag: int = 0) -> bytes:
    return bytes([flag]) + len(octets).to_bytes(4, "big") + octets


def broken(headers: Fields, body: bytes, trailers: Fields) -> str:
    with pytest.raises(Broken) as caught:
        ask((headers, body, trailers))
    assert HOSTILE.decode() not in caught.value.cause
    return caught.value.cause


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"\x08\x01", 1),
        (b"\x08\x02", 2),
        (b"\x08\x03", 3),
        (b"\x08\x00", 0),
        (b"", 0),
        (b"\x08\x02\x08\x01", 1),
        (b"\x12\x02\x08\x02\x08\x01", 1),
        (b"\x09" + b"\x08" * 8 + b"\x15" + b"\x08" * 4 + b"\x08\x01", 1),
        (b"\x82\x01\x01x\x08\x01", 1),
        (b"\x88\x01\x02\x08\x01", 1),
    ],
)
def test_the_serving_status_is_field_1_whatever_else_there_is(octets: bytes, status: int) -> None:
    assert ask((OK, message(octets), DONE))[0] == status


@pytest.mark.parametrize(
    ("service", "body"),
    [
        ("", message(b"")),
        ("shop.Cart", message(b"\x0a\x09shop.Cart")),
        ("x" * 300, message(b"\x0a\xac\x02" + b"x" * 300)),
    ],
)
def test_the_question_names_the_service(service: str, body: bytes) -> None:
    _, request = ask((OK, message(b"\x08\x01"), DONE), service)
    assert request.body == body
    wanted = {":method": "POST", ":scheme": "http", ":path": "/grpc.health.v1.Health/Check", "te": "trailers"}
    assert wanted.items() <= request.headers.items()
    assert request.headers["content-type"] == "application/grpc"


def test_it_is_asked_over_tls_too() -> None:
    status, request = ask((OK, message(b"\x08\x01"), DONE), authority=Authority())
    assert (status, request.headers[":scheme"]) == (1, "https")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("5", "NOT_FOUND: it knows no service of this name"),
        ("12", "UNIMPLEMENTED: it does not offer grpc.health.v1.Health"),
        ("14", "UNAVAILABLE"),
        ("16", "UNAUTHENTICATED"),
        ("17", "a status that gRPC has not"),
        (HOSTILE.decode(), "a status that gRPC has not"),
    ],
)
@pytest.mark.parametrize("in_trailers", [True, False])
def test_another_status_is_told_by_its_name(code: str, words: str, in_trailers: bool) -> None:
    status = [("grpc-status", code), ("grpc-message", HOSTILE.decode())]
    cause = broken(OK, b"", status) if in_trailers else broken(OK + status, b"", [])
    assert cause == f"the server answers with gRPC status {words}"


NO_MESSAGE = "the message of the answer is no HealthCheckResponse"
NOT_ONE = "the answer does not hold exactly one message of gRPC"


@pytest.mark.parametrize(
    ("headers", "body", "trailers", "cause"),
    [
        (OK, message(b"\x08\x01"), [], "the answer has no grpc-status"),
        ([(":status", "502")], HOSTILE, [], "the server answers with HTTP status 502 in place of gRPC"),
        ([(":status", "200"), ("content-type", "text/html")], HOSTILE, [], "its content type is not application/grpc"),
        (OK, message(b"\x08\x01", flag=1), DONE, "compressed"),
        (OK, b"", DONE, NOT_ONE),
        (OK, message(b"\x08\x01") * 2, DONE, NOT_ONE),
        (OK, message(b"\x08\x01")[:-1], DONE, NOT_ONE),
        (OK, message(b"x" * 5000), DONE, "longer than 1024 bytes"),
        (OK, message(b"\x08"), DONE, NO_MESSAGE),
        (OK, message(b"\x08" + b"\xff" * 20), DONE, NO_MESSAGE),
        (OK, message(b"\x12\x7f" + HOSTILE), DONE, NO_MESSAGE),
        (OK, message(b"\x0b" + HOSTILE), DONE, NO_MESSAGE),
        (OK, message(b"\x15\x08"), DONE, NO_MESSAGE),
    ],
)
def test_what_is_no_answer_of_grpc_is_told(headers: Fields, body: bytes, trailers: Fields, cause: str) -> None:
    assert cause in broken(headers, body, trailers)
