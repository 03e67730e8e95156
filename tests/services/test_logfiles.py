import gzip
import os
from pathlib import Path

import pytest

from deploy_actions.core.service_errors import Malformed, NotFound, Refused
from deploy_actions.services.logfiles import CHUNK_BYTES, LocalLogs


def read(*paths: Path) -> dict[str, bytes]:
    logs = LocalLogs().logs([str(path) for path in paths])
    return {Path(log.place.path or "").name: b"".join(log.chunks()) for log in logs}


def test_files_folders_and_archives_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.log").write_bytes(b"one")
    (tmp_path / "deep" / "er" / "b.log").write_bytes(b"\xff\0")
    (tmp_path / "deep" / "c.log.gz").write_bytes(gzip.compress(b"three") + gzip.compress(b" and four"))
    expected = {"a.log": b"one", "b.log": b"\xff\0", "c.log.gz": b"three and four"}
    assert read(tmp_path) == expected
    assert read(tmp_path / "a.log", tmp_path / "deep") == expected


def test_what_is_large_comes_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "zeros.gz").write_bytes(gzip.compress(bytes(5 * CHUNK_BYTES)))
    (log,) = LocalLogs().logs([str(tmp_path / "zeros.gz")])
    assert max(map(len, log.chunks())) <= CHUNK_BYTES


def test_links_pipes_and_loops_in_a_folder_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"one")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path) == {"a.log": b"one"}


def test_what_is_not_there_or_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "none.log")
    with pytest.raises(NotFound):
        read(Path("nul\0"))
    with pytest.raises(Malformed):
        read(Path("/dev/null"))


@pytest.mark.parametrize(
    "content", [gzip.compress(b"some text" * 99)[:-5], b"no archive", gzip.compress(b"a") + b"junk"]
)
def test_a_broken_archive_is_never_taken_for_whole(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.gz").write_bytes(content)
    with pytest.raises(Malformed, match="gzip"):
        read(tmp_path / "log.gz")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").touch(mode=0)
    with pytest.raises(Refused):
        read(tmp_path / "log")
