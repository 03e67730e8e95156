import io
import os
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
from deploy_actions.services.files import LocalFiles
from deploy_actions.core.service_errors import ServiceError
try:
    print(LocalFiles().read("-"))
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
