import fcntl
import os
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.services.running_programs import CANARY, Run, Shown, signalled

from deploy_actions.core.program import Program
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, Unreachable
from deploy_actions.services import processes
from deploy_actions.services.running import private_places as places_module
from deploy_actions.services.running import secret_files
from deploy_actions.services.running.leftovers import wipe_leftovers
from deploy_actions.services.running.private_places import private_places
from deploy_actions.services.running.secret_files import PREFIX, make_secret_files
from deploy_actions.services.running.wiping import wipe

VALUE = "first line\nkéy \u2028 and the last, without an end"
SHOWS_ITSELF = """
import os, stat
path = os.environ["KEY_FILE"]
folder = os.path.dirname(path)
print(folder)
print(oct(stat.S_IMODE(os.stat(path).st_mode)), oct(stat.S_IMODE(os.stat(folder).st_mode)), os.listdir(folder))
print(open(path, "rb").read().hex(), "KEY" in os.environ, flush=True)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place for private files, so that nobody else's are seen."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr("deploy_actions.services.running.keeper.private_places", lambda _environ: iter([str(place)]))
    return place


def test_a_tool_finds_its_file_with_exactly_the_value_and_nobody_else_may_read_it(place: Path) -> None:
    before = os.umask(0)
    try:
        run = Run(SHOWS_ITSELF, secret_files={"KEY_FILE": Secret(VALUE)})
    finally:
        os.umask(before)
    folder, modes, content = run.lines
    assert Path(folder).parent == place
    assert modes == "0o600 0o700 ['KEY_FILE']"
    assert content == f"{VALUE.encode().hex()} False"
    assert list(place.iterdir()) == []


def test_the_files_are_in_memory_where_the_host_has_such_a_file_system() -> None:
    run = Run(SHOWS_ITSELF, secret_files={"KEY_FILE": Secret(VALUE)})
    kinds = [kind for _point, kind in places_module._mounts() if _point == "/dev/shm"]
    assert run.lines[0].startswith("/dev/shm/" if kinds and kinds[-1] == "tmpfs" else "/")
    assert not Path(run.lines[0]).exists()


@pytest.mark.parametrize(
    "end",
    [
        "pass",
        "raise SystemExit(3)",
        "os.kill(os.getpid(), 9)",
        "os.chmod(path, 0)",
        "os.unlink(path)",
        "os.mkdir(folder + '/new'); open(folder + '/new/token', 'w').write('x'); os.chmod(folder + '/new', 0)",
        "os.mkfifo(folder + '/pipe'); os.symlink('/etc', folder + '/link'); os.symlink(path, folder + '/link2')",
        "os.chmod(folder, 0)",
        "os.rename(path, path + '2'); open(path, 'w').write('another')",
        "[os.makedirs(folder + '/deep' + '/d' * 200), open(folder + '/large', 'w').truncate(10 ** 9)]",
    ],
)
def test_nothing_is_left_however_the_program_ends_and_whatever_it_put_there(place: Path, end: str) -> None:
    run = Run(f"{SHOWS_ITSELF}\n{end}", secret_files={"KEY_FILE": Secret(VALUE)})
    assert list(place.iterdir()) == []
    assert "could not be removed" not in "".join(run.shown.parts)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_after_a_signal_and_a_time_out(place: Path, number: int) -> None:
    shown = Shown()
    program = Program(
        command=(sys.executable, "-c", f"{SHOWS_ITSELF}\nimport time; time.sleep(60)"),
        secret_files={"KEY_FILE": Secret(CANARY)},
        timeout_seconds=None if number == signal.SIGINT else 60.0,
    )
    with signalled(number, shown.first.is_set):
        processes.connect(shown.world()).run(program)
    assert list(place.iterdir()) == []


def test_nothing_is_left_where_the_program_cannot_be_started(place: Path) -> None:
    program = Program(command=("no-such-program",), secret_files={"KEY_FILE": Secret(VALUE)})
    with pytest.raises(NotFound):
        processes.connect(Shown().world()).run(program)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "../x"])
def test_a_name_that_leads_out_of_the_folder_starts_nothing(place: Path, name: str) -> None:
    program = Program(command=("touch", str(place / "started")), secret_files={name: Secret(VALUE)})
    with pytest.raises(Unreachable):
        processes.connect(Shown().world()).run(program)
    assert list(place.iterdir()) == []


def test_where_no_folder_can_be_made_nothing_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    monkeypatch.setattr("deploy_actions.services.running.keeper.private_places", lambda _environ: iter([nowhere]))
    program = Program(command=("touch", str(tmp_path / "started")), secret_files={"A": Secret(VALUE)})
    with pytest.raises(Unreachable, match="RUNNER_TEMP"):
        processes.connect(Shown().world()).run(program)
    assert list(tmp_path.iterdir()) == []


def test_the_path_comes_over_a_variable_of_this_name_and_the_value_may_have_another(place: Path) -> None:
    run = Run(
        "import os; print(open(os.environ['NAMED']).read() == os.environ['CANARY'], os.environ['NAMED'][0])",
        environ={"NAMED": CANARY},
        secret_files={"NAMED": Secret(CANARY)},
    )
    assert run.lines == ["True /"]


def test_a_full_or_missing_place_is_passed_over(tmp_path: Path) -> None:
    folder = make_secret_files({"A": Secret("value")}, [str(tmp_path / "missing"), str(tmp_path)])
    assert Path(folder.path).parent == tmp_path
    assert folder.wipe()


def test_files_are_overwritten_before_they_are_removed(tmp_path: Path) -> None:
    folder = make_secret_files({"A": Secret(VALUE)}, [str(tmp_path)])
    with Path(folder.path, "A").open("rb") as file:
        assert folder.wipe()
        assert file.read() == bytes(len(VALUE.encode()))


def test_a_file_of_ours_is_overwritten_under_another_name_too(tmp_path: Path) -> None:
    folder = make_secret_files({"A": Secret(VALUE)}, [str(tmp_path)])
    os.link(Path(folder.path, "A"), tmp_path / "elsewhere")
    assert folder.wipe()
    assert (tmp_path / "elsewhere").read_bytes() == bytes(len(VALUE.encode()))


def test_what_the_program_linked_into_the_folder_is_not_destroyed(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    folder = make_secret_files({"A": Secret(VALUE)}, [str(tmp_path)])
    os.link(tmp_path / "kept", Path(folder.path, "hard"))
    Path(folder.path, "soft").symlink_to(tmp_path / "kept")
    Path(folder.path, "folder").symlink_to(tmp_path)
    assert folder.wipe()
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_folder_that_cannot_be_removed_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_files, "wipe", lambda _path, _own: False)
    run = Run("print('done')", secret_files={"A": Secret(VALUE)})
    assert run.lines == ["done", "The folder of the secret files could not be removed: remove it by hand."]
    for left in place.iterdir():
        assert wipe(str(left))


def ended_pid() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / f"{PREFIX}-{ended_pid()}-{secrets.token_hex(8)}"
    folder.mkdir()
    file = os.open(folder, os.O_RDONLY)
    fcntl.flock(file, fcntl.LOCK_EX)
    yield folder
    os.close(file)


def test_what_dead_processes_left_is_wiped_and_nothing_else(tmp_path: Path, locked: Path) -> None:
    dead = tmp_path / f"{PREFIX}-{ended_pid()}-{secrets.token_hex(8)}"
    dead.mkdir()
    (dead / "KEY").write_text("left")
    others = [
        locked,
        tmp_path / f"{PREFIX}-{os.getpid()}-{secrets.token_hex(8)}",
        tmp_path / f"{PREFIX}-{ended_pid()}-short",
        tmp_path / f"x{PREFIX}-{ended_pid()}-{secrets.token_hex(8)}",
    ]
    for other in others[1:]:
        other.mkdir()
    link = tmp_path / f"{PREFIX}-{ended_pid()}-{secrets.token_hex(8)}"
    link.symlink_to(others[2])
    file = tmp_path / f"{PREFIX}-{ended_pid()}-{secrets.token_hex(8)}"
    file.write_text("a file")
    wipe_leftovers([str(tmp_path), str(tmp_path / "missing")])
    assert sorted(tmp_path.iterdir()) == sorted([*others, link, file])


def test_a_run_wipes_what_earlier_ones_left(place: Path) -> None:
    (place / f"{PREFIX}-{ended_pid()}-{secrets.token_hex(8)}").mkdir()
    Run("pass", secret_files={"A": Secret(VALUE)})
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("mounts", "environ", "places"),
    [
        ("tmpfs /dev/shm tmpfs rw 0 0", {}, ["/dev/shm", "/tmp"]),
        ("overlay / overlay rw 0 0", {}, ["/tmp"]),
        ("", {"RUNNER_TEMP": "/r", "TMPDIR": "/t", "XDG_RUNTIME_DIR": "/x"}, ["/r", "/t", "/tmp"]),
        ("none /x tmpfs rw\nnone / ext4 rw", {"XDG_RUNTIME_DIR": "/x/u", "TMPDIR": "/t"}, ["/x/u", "/t", "/tmp"]),
        ("none /x tmpfs rw\nnone /x/u ext4 rw", {"XDG_RUNTIME_DIR": "/x/u"}, ["/tmp"]),
        ("none /x tmpfs rw\nnone /x ext4 rw", {"XDG_RUNTIME_DIR": "/x"}, ["/tmp"]),
        ("none /x tmpfs rw", {"XDG_RUNTIME_DIR": "/xy"}, ["/tmp"]),
        ("none / tmpfs rw", {}, ["/dev/shm", "/tmp"]),
        ("broken", {"RUNNER_TEMP": "relative"}, [f"{Path.cwd()}/relative", "/tmp"]),
    ],
)
def test_memory_comes_before_the_runners_folder_and_that_before_the_hosts(  # noqa: PLR0913  # a table and fixtures
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: str, environ: dict[str, str], places: list[str]
) -> None:
    (tmp_path / "mounts").write_text(mounts)
    monkeypatch.setattr(places_module, "_MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setattr(os.path, "realpath", lambda path: path)
    assert list(private_places(environ)) == places


def test_the_mode_is_private_whatever_the_mask_of_this_process(tmp_path: Path) -> None:
    before = os.umask(0o277)
    try:
        folder = make_secret_files({"A": Secret(VALUE)}, [str(tmp_path)])
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path(folder.path, "A").stat().st_mode) == 0o600
    assert folder.wipe()
