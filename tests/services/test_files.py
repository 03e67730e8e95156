import io
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy_actions.core.redact import Redactor
from deploy_actions.core.service_errors import Malformed, NotFound, Refused, ServiceError
from deploy_actions.core.world import World
from deploy_actions.services.files import LIMIT_BYTES, connect

FILES = connect(World({}, Redactor(), lambda line: None))


@pytest.mark.parametrize("content", [b"", b"canary\n", b"\xff\0\r\n", b"x" * LIMIT_BYTES])
def test_a_file_is_read_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "value").write_bytes(content)
    assert FILES.read(str(tmp_path / "value")) == content


def problem(path: str) -> tuple[type[ServiceError], str]:
    with pytest.raises(ServiceError) as raised:
        FILES.read(path)
    assert raised.value.service == f"the file {path}"
    return type(raised.value), raised.value.cause


def test_what_is_no_file_is_an_error_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert problem(str(tmp_path / "none")) == (NotFound, "there is no such file")
    assert problem(str(tmp_path / "value" / "inside")) == (NotFound, "there is no such file")
    assert problem("a\0b") == (NotFound, "there is no such file")
    assert problem("") == (NotFound, "there is no such file")
    assert problem(str(tmp_path)) == (Malformed, "Is a directory")
    assert problem(str(tmp_path / ("x" * 300)))[0] is Malformed
    assert problem(str(tmp_path / "loop"))[0] is Malformed


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom"])
def test_a_device_without_end_is_not_read(device: str) -> None:
    assert problem(device) == (Malformed, "it is a device and not a file")


def test_a_file_beyond_the_limit_is_refused_and_not_cut(tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(b"x" * (LIMIT_BYTES + 1))
    assert problem(str(tmp_path / "value")) == (Malformed, "it is longer than 1048576 bytes")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "value").touch(mode=0)
    assert problem(str(tmp_path / "value")) == (Refused, "it may not be read")


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[b"canary\n" * 20_000])
    writer.start()
    assert FILES.read(str(pipe)) == b"canary\n" * 20_000
    writer.join()


def test_standard_input_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"canary\r\n\xff")))
    assert FILES.read("-") == b"canary\r\n\xff"


def test_a_file_of_the_name_of_standard_input_can_still_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-").write_bytes(b"canary")
    assert FILES.read("./-") == b"canary"


READ = """
from deploy_actions.core.redact import Redactor
from deploy_actions.services.files import LocalFiles
from deploy_actions.core.service_errors import ServiceError
try:
    print(LocalFiles(Redactor()).read("-"))
except ServiceError as error:
    print(type(error).__name__, error.service, error.cause)
"""


@pytest.mark.parametrize(
    ("redirection", "expected"),
    [
        ("<&-", "b''"),
        ("</dev/null", "b''"),
        ("</dev/zero", "Malformed standard input it is longer than 1048576 bytes"),
        ("<<< canary", "b'canary\\n'"),
    ],
)
def test_standard_input_of_any_sort_is_read_or_an_error(redirection: str, expected: str) -> None:
    command = ["bash", "-c", f'"$0" -c "$1" {redirection}', sys.executable, READ]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=20)
    assert (done.stdout.strip(), done.stderr) == (expected, "")


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def writing_problem(path: str) -> tuple[type[ServiceError], str]:
    with pytest.raises(ServiceError) as raised:
        FILES.write(path, b"x" * 8192)
    assert (raised.value.service, raised.value.operation) == (f"the file {path}", "writing")
    return type(raised.value), raised.value.cause


@pytest.mark.parametrize("content", [b"", b"canary\n", b"\xff\0\r\n", b"x" * (LIMIT_BYTES + 1)])
def test_a_file_is_written_as_it_is_for_this_user_alone(tmp_path: Path, content: bytes) -> None:
    FILES.write(str(tmp_path / "value"), content)
    assert (tmp_path / "value").read_bytes() == content
    assert stat.S_IMODE((tmp_path / "value").stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["value"]


def test_a_reader_keeps_the_file_that_it_opened_and_the_next_sees_the_new_one_whole(tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(b"the old content, which is longer")
    with (tmp_path / "value").open("rb") as opened:
        FILES.write(str(tmp_path / "value"), b"new")
        assert opened.read() == b"the old content, which is longer"
    assert (tmp_path / "value").read_bytes() == b"new"


def test_what_cannot_be_written_is_an_error_that_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    assert writing_problem(str(tmp_path / "none" / "value")) == (NotFound, "there is no such folder")
    assert writing_problem(str(tmp_path / "value" / "inside")) == (NotFound, "there is no such folder")
    assert writing_problem("a\0b") == (NotFound, "there is no such folder")
    assert writing_problem(str(tmp_path / "folder")) == (Malformed, "Is a directory")
    assert writing_problem(str(tmp_path / ("x" * 300))) == (Malformed, "File name too long")
    assert names_in(tmp_path) == ["folder", "value"]
    assert (tmp_path / "value").read_bytes() == b"old"


def test_a_link_stays_and_the_file_that_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("value")
    FILES.write(str(tmp_path / "link"), b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "value").read_bytes() == b"new"


def test_what_is_no_regular_file_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("pipe", "link"):
        assert writing_problem(str(tmp_path / name)) == (Malformed, "it is no regular file")
    assert writing_problem(str(tmp_path / "loop"))[0] is Malformed
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()
    assert names_in(tmp_path) == ["link", "loop", "pipe"]


def test_an_interruption_half_way_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "value").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        FILES.write(str(tmp_path / "value"), b"new")
    assert names_in(tmp_path) == ["value"]
    assert (tmp_path / "value").read_bytes() == b"old"


def test_a_disk_that_fills_up_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        assert writing_problem(str(tmp_path / "value")) == (Malformed, "File too large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert names_in(tmp_path) == ["value"]
    assert (tmp_path / "value").read_bytes() == b"old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert writing_problem(str(tmp_path / "value")) == (Refused, "it may not be written")


@pytest.mark.parametrize("content", [b"a canary-in-the-mine b", b"Y2FuYXJ5LWluLXRoZS1taW5l"])
def test_a_file_that_would_hold_a_secret_in_any_form_is_not_written(tmp_path: Path, content: bytes) -> None:
    redactor = Redactor()
    redactor.add("CANARY", "canary-in-the-mine")
    file = tmp_path / "file"
    with pytest.raises(Refused, match="the value of a secret"):
        connect(World({}, redactor, lambda line: None)).write(str(file), content)
    assert not file.exists()
