"""Logs on this host: nothing that is there may be passed over in silence."""

import gzip
import io
import os
import socket
import struct
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError, Unreachable
from deploy_actions.services.logfiles import LocalLogs, held_file, inflating, zip_members

TEXT = b"".join(b"2026-01-02T03:04:05.0000000Z line %d\n" % n for n in range(5_000))
LOGS = LocalLogs()


def read(*paths: object, logs: LocalLogs = LOGS) -> dict[str, bytes | str]:
    """What each log holds by its path, or why it cannot be read."""
    return {str(log.place.path): content(log.chunks) for log in logs.logs([str(path) for path in paths])}


def content(chunks: Callable[[], Iterator[bytes]]) -> bytes | str:
    try:
        found = list(chunks())
    except ServiceError as error:
        return f"{type(error).__name__}: {error.cause}"
    assert all(found), "an empty chunk"
    assert max(map(len, found), default=0) <= 1 << 20
    return b"".join(found)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def at(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [b"", b"x", TEXT, b"\x00\xff\n" * 9, b"a" * (5 << 20), b"PK or not\n", b"BZhello\n", "ä\n".encode("utf-16")],
    ids=["empty", "a byte", "text", "binary", "a long line", "no zip", "no bzip2", "utf-16"],
)
def test_a_file_is_read_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = at(tmp_path, "build.log", data)
    assert read(path) == {str(path): data}
    packed = at(tmp_path, "build.log.gz", gzip.compress(data))
    assert read(packed) == {str(packed): data}
    archive = at(tmp_path, "logs.zip", zipped({"1_deploy.txt": data, "deploy/1_Set up.txt": data}))
    assert read(archive) == {f"{archive}/1_deploy.txt": data, f"{archive}/deploy/1_Set up.txt": data}


def test_a_folder_is_read_with_all_below_it_in_order(tmp_path: Path) -> None:
    names = ["Runner_1.log", "Worker_1.log", "blocks/b.1", "blocks/deep/er/c", "pages/a.log"]
    for name in reversed(names):
        at(tmp_path / "_diag", name, name.encode())
    at(tmp_path / "_diag", "old.zip", zipped({"a.txt": b"a"}))
    (tmp_path / "_diag" / "none").mkdir()
    found = read(tmp_path / "_diag")
    assert found.pop(f"{tmp_path}/_diag/old.zip/a.txt") == b"a"
    assert found == {f"{tmp_path}/_diag/{name}": name.encode() for name in names}


def test_a_list_of_logs_holds_no_list_of_open_files(tmp_path: Path) -> None:
    for number in range(300):
        at(tmp_path, f"{number}.log", b"x")
    before = open_files()
    logs = list(LOGS.logs([str(tmp_path)]))
    assert (len(logs), open_files()) == (300, before)
    assert [content(log.chunks) for log in logs] == [b"x"] * 300


@pytest.mark.parametrize("path", ["nowhere", "file/below", "nul\0"])
def test_a_path_that_is_not_there_is_an_error_before_the_first_log(tmp_path: Path, path: str) -> None:
    at(tmp_path, "file", b"")
    with pytest.raises(NotFound):
        LOGS.logs([str(tmp_path / "file"), f"{tmp_path}/{path}"])


def test_links_stay_within_the_folder_and_what_is_no_file_is_told(tmp_path: Path) -> None:
    outside = at(tmp_path, "outside/secret", b"outside")
    folder = at(tmp_path, "logs/a.log", b"a").parent
    (folder / "to-a").symlink_to("a.log")
    (folder / "round").symlink_to(".")
    (folder / "dangling").symlink_to("nothing")
    (folder / "loop").symlink_to("loop")
    (folder / "out").symlink_to(outside)
    (folder / "out-folder").symlink_to(outside.parent)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        found = read(folder)
    led_out = "Refused: it leads out of the folder; name what it leads to itself"
    no_file = "Malformed: it is no regular file"
    assert {Path(path).name: text for path, text in found.items()} == {
        **{"a.log": b"a", "out": led_out, "out-folder": led_out, "pipe": no_file, "socket": no_file}
    }
    (tmp_path / "named").symlink_to(folder / "a.log")
    assert read(tmp_path / "named") == {f"{tmp_path}/named": b"a"}


def test_a_device_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        LOGS.logs(["/dev/zero"])


def test_a_named_pipe_is_read_as_it_comes(tmp_path: Path) -> None:
    for number, (data, expected) in enumerate([(TEXT, TEXT), (gzip.compress(TEXT), TEXT)]):
        pipe = tmp_path / f"pipe{number}"
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_bytes, args=[data])
        writer.start()
        assert read(pipe) == {str(pipe): expected}
        writer.join()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    at(tmp_path, "logs/a.log", b"a").chmod(0)
    assert read(tmp_path / "logs") == {f"{tmp_path}/logs/a.log": "Refused: it may not be read"}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped({"a.txt": data})], ids=["", "gz", "zip"])
def test_standard_input_is_read_once_whatever_it_holds(pack: Callable[[bytes], bytes]) -> None:
    (text,) = read("-", logs=LocalLogs(lambda: io.BytesIO(pack(TEXT)))).values()
    assert text == TEXT


def test_a_closed_standard_input_holds_nothing() -> None:
    assert read("-", logs=LocalLogs(lambda: None)) == {"standard input": b""}


def test_a_command_line_reads_its_pipe(tmp_path: Path) -> None:
    program = (
        "from deploy_actions.services.logfiles import LocalLogs;"
        "print(sum(len(c) for log in LocalLogs().logs(['-']) for c in log.chunks()))"
    )
    source = Path(inflating.__file__).parents[3]
    python = os.environ.get("PYTHON", __import__("sys").executable)
    done = subprocess.run([python, "-c", program], input=TEXT, capture_output=True, cwd=source, check=True)
    assert int(done.stdout) == len(TEXT)


MEMBERS = gzip.compress(b"one\n") + gzip.compress(b"") + gzip.compress(b"two\n")
DAMAGED = "Malformed: what is packed in it is damaged"
EARLY = "Malformed: it ends too early"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (MEMBERS, b"one\ntwo\n"),
        (MEMBERS + bytes(512), b"one\ntwo\n"),
        (MEMBERS[:-1], EARLY),
        (MEMBERS[:-9], EARLY),
        (gzip.compress(TEXT)[:5_000], EARLY),
        (MEMBERS + b"\x1f\x8b\x08", EARLY),
        (MEMBERS + b"more than a header", DAMAGED),
        (MEMBERS[:-5] + bytes([MEMBERS[-5] ^ 1]) + MEMBERS[-4:], DAMAGED),
        (b"no gzip at all", DAMAGED),
        (b"", EARLY),
    ],
)
def test_gzip_is_read_whole_or_not_at_all(tmp_path: Path, data: bytes, expected: bytes | str) -> None:
    path = at(tmp_path, "a.log.gz", data)
    assert read(path) == {str(path): expected}


def test_what_is_packed_is_told_by_its_content(tmp_path: Path) -> None:
    paths = [at(tmp_path, "a.bin", gzip.compress(b"a")), at(tmp_path, "b", zipped({"b.txt": b"b"}))]
    assert read(*paths) == {f"{tmp_path}/a.bin": b"a", f"{tmp_path}/b/b.txt": b"b"}


@pytest.mark.parametrize("head", [b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"BZh91AY&SY", b"7z\xbc\xaf\x27\x1c"])
def test_other_packing_never_looks_clean(tmp_path: Path, head: bytes) -> None:
    path = at(tmp_path, "a.log", head + bytes(100))
    assert read(path) == {str(path): "Malformed: it is packed in a way that is not read"}


def test_an_archive_in_an_archive_is_read_and_what_is_deeper_is_told(tmp_path: Path) -> None:
    inner = zipped({"in.txt": b"in", "deeper.zip": zipped({"x": b"x"}), "deeper.gz": gzip.compress(b"x")})
    path = at(tmp_path, "a.zip", zipped({"b.zip": inner, "c.txt.gz": gzip.compress(b"c")}))
    deep = "Malformed: it is packed too deep in others"
    assert read(path) == {
        f"{path}/b.zip/in.txt": b"in",
        f"{path}/b.zip/deeper.zip": deep,
        f"{path}/b.zip/deeper.gz": deep,
        f"{path}/c.txt.gz": b"c",
    }


TRICKS = [
    "../up.txt",
    "/etc/passwd",
    "a/../../b",
    "..\\up.txt",
    "\\\\host\\share",
    "C:\\a.txt",
    "new\nline",
    "esc\x1b[2J",
]


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_is_a_trick_is_told_and_shows_no_control_character(tmp_path: Path, name: str) -> None:
    path = at(tmp_path, "a.zip", zipped({name: b"text", "good.txt": b"good"}))
    found = read(path)
    assert found.pop(f"{path}/good.txt") == b"good"
    ((shown, error),) = found.items()
    assert error == "Malformed: its name would lead out of the archive"
    assert shown.isprintable()


def test_two_members_of_a_name_are_both_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"second")
    path = tmp_path / "a.zip"
    assert read(path) == {f"{path}/a.txt": b"first", f"{path}/a.txt (2)": b"second"}


def test_members_that_cannot_be_read_are_told_each(tmp_path: Path) -> None:
    plain = zipped({"a.txt": TEXT, "b.txt": b"good"})
    central = plain.index(b"PK\x01\x02")
    encrypted = bytearray(plain)
    encrypted[central + 8] |= 1
    bad_sum = bytearray(plain)
    bad_sum[central + 16] ^= 1
    bad_data = bytearray(plain)
    bad_data[60] ^= 0xFF
    elsewhere = bytearray(plain)
    elsewhere[central + 42 : central + 46] = struct.pack("<I", 7)
    lzma = zipped({"a.txt": TEXT, "b.txt": b"good"}, zipfile.ZIP_LZMA)
    expected = {
        "encrypted": (bytes(encrypted), "it is encrypted"),
        "sum": (bytes(bad_sum), "its checksum or its length is wrong"),
        "elsewhere": (bytes(elsewhere), "it is not where the archive says"),
        "lzma": (lzma, "it is packed in a way that is not read"),
        "data": (bytes(bad_data), ""),
    }
    for name, (data, cause) in expected.items():
        path = at(tmp_path, f"{name}.zip", data)
        found = read(path)
        assert str(found[f"{path}/a.txt"]).startswith(f"Malformed: {cause}"), name
        assert name == "lzma" or found[f"{path}/b.txt"] == b"good"


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_half_an_archive_is_none(tmp_path: Path, cut: int) -> None:
    path = at(tmp_path, "a.zip", zipped({"a.txt": TEXT})[:cut])
    assert read(path) == {str(path): "Malformed: it is no zip archive, or a damaged one"}


def test_a_table_of_contents_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "_MOST_LISTED_BYTES", 70_000)
    path = at(tmp_path, "a.zip", zipped({f"{number:05}.txt": b"" for number in range(2_000)}))
    assert read(path) == {str(path): "Malformed: it lists more members than are read"}


def test_a_bomb_ends_at_the_bound_and_not_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "ALWAYS_BYTES", 20 << 20)
    monkeypatch.setattr(inflating, "MOST_RATIO", 10)
    zeros = bytes(8 << 20)
    paths = [
        at(tmp_path, "one.gz", gzip.compress(zeros) * 4),
        at(tmp_path, "many.zip", zipped({f"{n}.txt": zeros for n in range(4)})),
        at(tmp_path, "nested.zip", zipped({"a.gz": gzip.compress(zeros) * 4})),
    ]
    bound = "Malformed: it holds more than an archive of its size may, so it is not read on"
    for path in paths:
        assert list(read(path).values())[-1] == bound, path


def test_overlapping_members_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "ALWAYS_BYTES", 1 << 20)
    monkeypatch.setattr(inflating, "MOST_RATIO", 20)
    plain = zipped({"a.txt": bytes(600_000)})
    central, end = plain.index(b"PK\x01\x02"), plain.index(b"PK\x05\x06")
    entry, many = plain[central:end], 50
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, many, many, len(entry) * many, central, 0)
    path = at(tmp_path, "a.zip", plain[:central] + entry * many + tail)
    found = list(read(path).values())
    assert (len(found), str(found[-1])[:40]) == (many, "Malformed: it holds more than an archive")


class TestAnArchiveThatArrives:
    def test_it_is_read_like_a_file(self) -> None:
        data = zipped({"0_deploy.txt": TEXT, "deploy/2_Run.txt": b"run\n"})
        pieces = (data[at : at + 1000] for at in range(0, len(data), 1000))
        logs = list(LOGS.unpacked("run-7.zip", pieces))
        assert {log.place.path: content(log.chunks) for log in logs} == {
            "run-7.zip/0_deploy.txt": TEXT,
            "run-7.zip/deploy/2_Run.txt": b"run\n",
        }

    @pytest.mark.parametrize("data", [b"", b"<html>", TEXT, gzip.compress(TEXT)])
    def test_what_is_none_is_one_log_that_cannot_be_read(self, data: bytes) -> None:
        (log,) = LOGS.unpacked("run-7.zip", [data] if data else [])
        assert (log.place.path, content(log.chunks)) == (
            "run-7.zip",
            "Malformed: it is no zip archive, or a damaged one",
        )

    def test_one_that_breaks_off_is_one_log_that_raises_why(self) -> None:
        def broken() -> Iterator[bytes]:
            yield zipped({"a.txt": TEXT})[:100]
            raise Unreachable("storage", "GET", "broke off")

        (log,) = LOGS.unpacked("run-7.zip", broken())
        assert content(log.chunks) == "Unreachable: broke off"

    def test_one_that_is_too_long_is_not_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(held_file, "MOST_SPOOLED_BYTES", 1_000)
        (log,) = LOGS.unpacked("run-7.zip", [zipped({"a.txt": os.urandom(2_000)})])
        assert content(log.chunks) == "Malformed: it is longer than 1000 bytes"

    def test_nothing_of_it_stays_on_the_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        before = open_files()
        logs = list(LOGS.unpacked("run-7.zip", [zipped({"a.txt": TEXT})]))
        assert list(tmp_path.iterdir()) == []
        assert [content(log.chunks) for log in logs] == [TEXT]
        del logs
        assert open_files() == before


def test_a_disk_without_room_is_no_clean_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    (log,) = LOGS.unpacked("run-7.zip", [zipped({"a.txt": TEXT})])
    with pytest.raises((NotFound, Unreachable, Refused)):
        list(log.chunks())
