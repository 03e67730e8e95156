"""Makes the runtime: a virtual environment with exactly the packages of the lock, each checked by its hash.

    python3 -I make-runtime.py DIRECTORY LOCK SOURCES

Made aside and renamed into place, so that a directory of that name is always whole; two at once wait for each other.
Standard library only: it runs before anything is installed. Prints one line for each thing that goes wrong, exit 2.
"""

import contextlib
import errno
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

INSTALL_VENV = "Install it (Debian, Ubuntu: python3-venv)."

WARM_UP = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import deploy_actions
for module in pkgutil.walk_packages(deploy_actions.__path__, "deploy_actions."):
    try:
        importlib.import_module(module.name)
    except ImportError:
        pass
from cryptography import x509
"""


class CannotMake(Exception):
    """Why no runtime was made and what to do about it."""


def main(directory: Path, lock: Path, sources: Path) -> None:
    """Makes `directory`, unless another process has made it meanwhile. Raises CannotMake or OSError."""
    refuse_what_is_no_runtime(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with lock_file(directory.parent / f".{directory.name}.lock"):
        if is_whole(directory, lock):
            return
        for leftover in directory.parent.glob(f".{directory.name}.making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.making-", dir=directory.parent))
        try:
            fill(aside, lock)
            aside.chmod(0o755)
            shutil.rmtree(directory, ignore_errors=True)
            aside.rename(directory)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        warm_up(directory, sources)


def is_whole(directory: Path, lock: Path) -> bool:
    python, made_for = directory / "bin" / "python", directory / "lock.txt"
    return os.access(python, os.X_OK) and made_for.exists() and made_for.read_bytes() == lock.read_bytes()


@contextlib.contextmanager
def lock_file(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def refuse_what_is_no_runtime(directory: Path) -> None:
    """What stands there is replaced, so it must be a runtime: a broken one, or one of another version."""
    if directory.is_dir() and any(directory.iterdir()) and not (directory / "pyvenv.cfg").exists():
        raise CannotMake(f"{directory} exists and is no runtime. Name a directory that does not exist yet.")


def fill(aside: Path, lock: Path) -> None:
    """With uv where there is one (1 s), else, or when uv fails, with the standard library's venv and pip (7 s)."""
    print(f"deploy-actions: installing the packages of {lock.name}, once for this host …", flush=True)
    if not (shutil.which("uv") and installed_by_uv(aside, lock)):
        install_by_pip(aside, lock)
    shutil.copyfile(lock, aside / "lock.txt")


def interpreter() -> str:
    """The Python that runs this, by its real path: after an upgrade the link breaks, and the runtime is made anew."""
    return os.path.realpath(sys.executable)


def installed_by_uv(aside: Path, lock: Path) -> bool:
    venv = ["uv", "venv", "--quiet", "--no-project", "--allow-existing", "--python", interpreter(), str(aside)]
    install = ["uv", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    python = str(aside / "bin" / "python")
    return all(
        subprocess.run(command, capture_output=True, check=False).returncode == 0
        for command in (venv, [*install, "--python", python, "-r", str(lock)])
    )


def install_by_pip(aside: Path, lock: Path) -> None:
    """With the pip of this Python where it has one, which saves installing another (3 s)."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise CannotMake(f"{interpreter()} has no venv module. {INSTALL_VENV}")
    python, has_pip = str(aside / "bin" / "python"), importlib.util.find_spec("pip") is not None
    venv = [interpreter(), "-I", "-m", "venv", "--clear", *(["--without-pip"] if has_pip else []), str(aside)]
    run(venv, "making a virtual environment")
    pip = [interpreter(), "-I", "-m", "pip", "--python", python] if has_pip else [python, "-I", "-m", "pip"]
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--no-compile"]
    run([*pip, "install", *options, "--only-binary", ":all:", "-r", str(lock)], "installing the packages")


def run(command: list[str], what: str) -> None:
    """Raises CannotMake with the last lines of what the command printed and the most likely remedy."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return
    raise CannotMake(f"{what} failed. {remedy(done.stdout)}\n{textwrap.indent(last_lines(done.stdout), '    ')}")


def remedy(printed: str) -> str:
    if "No space left" in printed:
        return "The disk is full: free some space and re-run the job."
    if "ensurepip" in printed:
        return f"This Python has no venv module. {INSTALL_VENV}"
    if "HASHES" in printed and "DO NOT MATCH" in printed:
        return "A package is not the one that was reviewed: its hash differs. Do not deploy; check the package index."
    return (
        "No package index could be reached, or it lacks a package. Set PIP_INDEX_URL to a mirror, or make the runtime "
        "on another host and name it in DEPLOY_ACTIONS_RUNTIME (docs/operations.md)."
    )


def last_lines(printed: str) -> str:
    return "\n".join(line for line in printed.splitlines() if line.strip())[-600:]


def warm_up(directory: Path, sources: Path) -> None:
    """Compiles once what every step imports. Only saves time, so a failure does not matter."""
    command = [str(directory / "bin" / "python"), "-I", "-X", f"pycache_prefix={directory}/byte-code", "-c", WARM_UP]
    with contextlib.suppress(OSError):
        subprocess.run([*command, str(sources)], capture_output=True, check=False)


def explained(error: OSError, directory: Path) -> str:
    where = directory.parent
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where} cannot be written. Let the runner's user write there, or set DEPLOY_ACTIONS_RUNTIME."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk that holds {where} is full. Free some space and re-run the job."
    return f"{where}: {error.strerror}."


if __name__ == "__main__":
    target, lock_path, source_path = (Path(argument).absolute() for argument in sys.argv[1:4])
    try:
        main(target, lock_path, source_path)
    except CannotMake as error:
        sys.exit(print(f"deploy-actions: {error}", file=sys.stderr) or 2)
    except OSError as error:
        sys.exit(print(f"deploy-actions: {explained(error, target)}", file=sys.stderr) or 2)
