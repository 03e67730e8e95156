import asyncio
import tracemalloc
from collections.abc import Sequence

import h2.errors
import h2.settings
import pytest
from tests.http2_server import STREAM, Request, Script, Talk, frame, talk
from tests.servers import HOSTILE, Authority

from deploy_actions.core.probing import MOST_BODY_BYTES, HttpProbe
from deploy_actions.services.probing.http2 import exchange
from deploy_actions.services.probing.http2_frames import MOST_BESIDES_BODY_BYTES
from deploy_actions.services.probing.raw import Broken, Raw

URL = "http://shop.example:8080/health?deep=1"
OK = [(":status", "200")]
HEADERS, DATA, SETTINGS, PING, CONTINUATION = 1, 0, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4
STATUS_200 = b"\x88"


def ask(
    script: Script,
    probe: HttpProbe | None = None,
    headers: Sequence[tuple[str, str]] = (),
    authority: Authority | None = None,
) -> Raw:
    async def question(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Raw:
        return await exchange(reader, writer, probe or HttpProbe(url=URL), headers)

    return talk(script, question, authority)


def broken(script: Script, probe: HttpProbe | None = None, headers: Sequence[tuple[str, str]] = ()) -> str:
    with pytest.raises(Broken) as caught:
        ask(script, probe, headers)
    assert HOSTILE.decode() not in caught.value.cause
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value.cause


def request_of(probe: HttpProbe, headers: Sequence[tuple[str, str]] = ()) -> Request:
    requests: list[Request] = []

    async def script(said: Talk) -> None:
        requests.append(await said.request())
        await said.answer(OK)

    assert ask(script, probe, headers).status == 200
    return requests[0]


@pytest.mark.parametrize("authority", [None, Authority()], ids=["prior knowledge", "TLS with ALPN"])
def test_an_answer_is_given_with_its_headers_and_body(authority: Authority | None) -> None:
    async def script(said: Talk) -> None:
        await said.request()
        said.connection.send_headers(STREAM, [(":status", "103"), ("link", "</style.css>")])
        await said.answer([(":status", "503"), ("server", "shop"), ("via", "a"), ("via", "b")], b"down", [("x", "y")])

    assert ask(script, authority=authority) == Raw(503, {"server": "shop", "via": "a, b"}, b"down", is_cut=False)


def test_the_request_is_that_of_the_url_with_names_in_lower_case() -> None:
    assert request_of(HttpProbe(url=URL, method="HEAD"), [("X-Trace", "On")]).headers == {
        ":method": "HEAD",
        ":scheme": "http",
        ":authority": "shop.example:8080",
        ":path": "/health?deep=1",
        "x-trace": "On",
    }


@pytest.mark.parametrize(
    ("url", "path", "authority"),
    [
        ("https://shop.example", "/", "shop.example"),
        ("https://shop.example?a=b", "/?a=b", "shop.example"),
        ("https://user:word@shop.example/a#b", "/a", "shop.example"),
    ],
)
def test_path_and_authority_leave_out_user_and_fragment(url: str, path: str, authority: str) -> None:
    headers = request_of(HttpProbe(url=url)).headers
    assert (headers[":path"], headers[":authority"]) == (path, authority)


def test_headers_that_http2_does_not_have_are_left_out_and_host_is_the_authority() -> None:
    given = [("Host", "other.example"), ("Connection", "close"), ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c")]
    headers = request_of(HttpProbe(url=URL), given).headers
    assert headers[":authority"] == "other.example"
    assert not {"host", "connection", "transfer-encoding", "upgrade"} & set(headers)


def test_a_body_larger_than_the_window_is_sent_as_the_server_makes_room() -> None:
    body = bytes(range(256)) * 1200
    request = request_of(HttpProbe(url=URL, method="POST", body=body))
    assert request.body == body
    assert request.headers["content-length"] == str(len(body))


def test_an_answer_that_comes_before_the_body_is_sent_is_enough() -> None:
    async def script(said: Talk) -> None:
        said.connection.initiate_connection()
        await said.flush()
        await said.hear()
        await said.answer([(":status", "413")])
        while True:
            await said.hear()

    assert ask(script, HttpProbe(url=URL, method="POST", body=b"x" * 300_000)).status == 413


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True), (4 * MOST_BODY_BYTES, True)])
def test_a_body_is_read_up_to_the_limit(more: int, is_cut: bool) -> None:
    async def script(said: Talk) -> None:
        await said.request()
        await said.answer(OK, b"x" * (MOST_BODY_BYTES + more))

    raw = ask(script)
    assert (len(raw.body), raw.is_cut) == (MOST_BODY_BYTES, is_cut)


def test_a_server_whose_answer_is_cut_is_told_so() -> None:
    told: list[str] = []

    async def script(said: Talk) -> None:
        await said.request()
        with pytest.raises(ConnectionError):
            await said.answer(OK, b"x" * 3 * MOST_BODY_BYTES)
        told.extend(type(event).__name__ for event in said.events)

    assert ask(script).is_cut
    assert "StreamReset" in told


def test_a_server_that_shuts_down_in_good_order_still_answers() -> None:
    async def script(said: Talk) -> None:
        await said.request()
        farewell = frame(7, 0, STREAM.to_bytes(4, "big") + bytes(4), stream=0)
        await said.send(farewell + frame(HEADERS, END_HEADERS, STATUS_200) + frame(DATA, END_STREAM, b"bye"))

    assert ask(script) == Raw(200, {}, b"bye", is_cut=False)


def test_what_comes_after_the_answer_does_not_spoil_it() -> None:
    async def script(said: Talk) -> None:
        await said.request()
        await said.send(frame(HEADERS, END_HEADERS | END_STREAM, STATUS_200) + b"\0" * 20 + HOSTILE)

    assert ask(script).status == 200


async def _reset(said: Talk) -> None:
    said.connection.reset_stream(STREAM, h2.errors.ErrorCodes.REFUSED_STREAM)
    await said.flush()


async def _reset_unknown(said: Talk) -> None:
    await said.send(frame(3, 0, b"\0\0\xff\xff"))


async def _goaway(said: Talk) -> None:
    said.connection.close_connection(h2.errors.ErrorCodes.ENHANCE_YOUR_CALM, HOSTILE, 0)
    await said.flush()


async def _goaway_unprocessed(said: Talk) -> None:
    await said.send(frame(7, 0, bytes(8), stream=0))


async def _hang_up(said: Talk) -> None:
    said.connection.send_headers(STREAM, OK)
    await said.flush()


async def _too_short(said: Talk) -> None:
    await said.answer([(":status", "200"), ("content-length", "100")], b"short")


async def _no_status(said: Talk) -> None:
    await said.send(frame(HEADERS, END_HEADERS | END_STREAM, b"\x00\x01a\x01b"))


async def _odd_status(said: Talk) -> None:
    await said.send(frame(HEADERS, END_HEADERS | END_STREAM, b"\x08" + bytes([len(HOSTILE)]) + HOSTILE))


async def _large_headers(said: Talk) -> None:
    """One header of 4 KB that the table remembers, and 60 references to it."""
    value = b"x" * 3900
    await said.send(frame(HEADERS, END_HEADERS, STATUS_200 + b"\x40\x01a\x7f\xbd\x1d" + value + b"\xbe" * 60))


async def _garbage_in_headers(said: Talk) -> None:
    await said.send(frame(HEADERS, END_HEADERS | END_STREAM, b"\xff" * 40))


async def _push(said: Talk) -> None:
    await said.send(frame(5, END_HEADERS, b"\0\0\0\2" + STATUS_200))


async def _data_first(said: Talk) -> None:
    await said.send(frame(DATA, END_STREAM, HOSTILE))


async def _too_large_frame(said: Talk) -> None:
    await said.send(frame(DATA, 0, b"x" * 20_000))


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (_reset, "the server broke off its answer (REFUSED_STREAM)"),
        (_reset_unknown, "the server broke off its answer (code 65535)"),
        (_goaway, "the server ended the connection (ENHANCE_YOUR_CALM)"),
        (_goaway_unprocessed, "the server ended the connection (NO_ERROR)"),
        (_hang_up, "the server broke off the connection before its answer was complete"),
        (_too_short, "the body is not as long as its content-length says"),
        (_no_status, "the answer breaks the rules of HTTP/2"),
        (_odd_status, "the status of the answer is not a number of three digits"),
        (_large_headers, "the headers of the answer are larger than 65536 bytes"),
        (_garbage_in_headers, "the answer breaks the rules of HTTP/2"),
        (_push, "the answer breaks the rules of HTTP/2"),
        (_data_first, "the answer breaks the rules of HTTP/2"),
        (_too_large_frame, "a frame of HTTP/2 is too large"),
    ],
)
def test_every_fault_has_its_words(fault: Script, cause: str) -> None:
    async def script(said: Talk) -> None:
        await said.request()
        await fault(said)

    assert broken(script) == cause


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the server answers in HTTP/1.1, not in HTTP/2"),
        (b"SSH-2.0-OpenSSH_9.2 " + HOSTILE, "the server answers in no HTTP/2"),
        (b"", "the server broke off the connection before its answer was complete"),
        (b"\0\0", "the server broke off the connection before its answer was complete"),
    ],
)
def test_a_server_that_speaks_no_http2_is_told_apart(octets: bytes, cause: str) -> None:
    async def script(said: Talk) -> None:
        await said.send(octets)

    assert broken(script) == cause


FLOODS = {
    "pings": frame(PING, 0, bytes(8), stream=0),
    "settings": frame(SETTINGS, stream=0),
    "unknown frames": frame(200, 0, b"x" * 100),
    "empty pieces": frame(DATA),
    "early hints": frame(HEADERS, END_HEADERS, b"\x08\x03103"),
}


async def _endless(said: Talk, start: bytes, flood: bytes) -> int:
    sent = 0
    await said.send(start)
    try:
        while sent < 64 * MOST_BESIDES_BODY_BYTES:
            await said.send(flood * 100)
            sent += len(flood) * 100
    except ConnectionError:
        return sent
    raise AssertionError("the client listens for ever")


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_not_listened_to_for_ever(name: str) -> None:
    async def script(said: Talk) -> None:
        await said.request()
        start = frame(HEADERS, END_HEADERS, STATUS_200) if name == "empty pieces" else b""
        await _endless(said, start, FLOODS[name])

    assert broken(script) == "the server sends too much besides the body (headers, pings or settings)"


@pytest.mark.parametrize("size", [0, 16_000])
def test_headers_without_end_are_not_kept(size: int) -> None:
    async def script(said: Talk) -> None:
        await said.request()
        await _endless(said, frame(HEADERS, 0, STATUS_200), frame(CONTINUATION, 0, b"\0" * size))

    tracemalloc.start()
    try:
        cause = broken(script)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert cause in (
        "the server sends too much besides the body (headers, pings or settings)",
        "the answer breaks the rules of HTTP/2",
    )
    assert most < 16 * MOST_BESIDES_BODY_BYTES + 100 * size


def test_a_window_that_is_opened_by_single_bytes_is_no_way_to_keep_the_client_for_ever() -> None:
    async def script(said: Talk) -> None:
        said.connection.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 0})
        said.connection.initiate_connection()
        await said.flush()
        await said.hear()
        await _endless(said, b"", frame(8, 0, b"\0\0\0\1"))

    assert "too much besides the body" in broken(script, HttpProbe(url=URL, method="POST", body=b"x" * 1_000_000))


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\0b", " a"])
def test_a_header_that_no_header_can_be_is_not_sent(value: str) -> None:
    async def script(said: Talk) -> None:
        with pytest.raises(ConnectionError):
            await said.hear()

    assert broken(script, headers=[("X-A", value)]) == (
        "the request was not sent: one of its headers holds what no header can"
    )
