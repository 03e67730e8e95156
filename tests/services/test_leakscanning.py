from pathlib import Path

from tests.leaks.templates import filled

from deploy_actions.core.leak_search import Leak, Plan, Target
from deploy_actions.core.secret import Secret
from deploy_actions.services.leakscanning import Scanner

VALUE = "9f8e-made-Up-7d6c"


def _found(scanner: Scanner) -> list[str]:
    searcher = scanner.searcher(Plan((Target("KEY", Secret(VALUE)),)))
    log = [f"a {VALUE}\n{filled('glpat-{alnum:20}', 3)}\n".encode()]
    return [found.secret or found.rule for found in searcher.search(log) if isinstance(found, Leak)]


def test_the_compiled_rules_are_kept_without_any_value_and_used_again(tmp_path: Path) -> None:
    assert _found(Scanner(tmp_path)) == ["KEY", "gitlab-token"]
    (kept,) = tmp_path.iterdir()
    assert VALUE.encode() not in kept.read_bytes()
    made = kept.stat().st_mtime_ns
    assert _found(Scanner(tmp_path)) == ["KEY", "gitlab-token"]
    assert kept.stat().st_mtime_ns == made


def test_what_was_kept_and_broke_is_made_anew(tmp_path: Path) -> None:
    _found(Scanner(tmp_path))
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    for broken in (b"", b"\x93\xc4\x01a\xc4\x01b\x90", whole[:-9], whole[:1000]):
        kept.write_bytes(broken)
        assert _found(Scanner(tmp_path)) == ["KEY", "gitlab-token"]


def test_without_a_place_to_keep_it_is_compiled_each_time(tmp_path: Path) -> None:
    assert _found(Scanner(tmp_path / "none")) == ["KEY", "gitlab-token"]
