"""Makes this directory runnable: `python -I src <command>`."""

import gc
import os
import sys

_RARELY = 100_000
"""New objects between two collections: while modules are loaded there is no garbage, and looking for it costs 5 %."""


def main() -> int:
    """A step of a workflow names one action and no flag, and needs no command-line library (30 ms)."""
    arguments = sys.argv[1:]
    if len(arguments) == 1 and os.environ.get("GITHUB_ACTIONS") == "true":
        from deploy_actions.runner import action_names, load_action, run_action

        name = arguments[0]
        if name in action_names():
            return run_action(name, load_action(name), {}, os.environ, stdout=sys.stdout, stderr=sys.stderr)
    from deploy_actions import cli

    return cli.main(arguments)


def exit_code() -> int:
    """What `main` returns, else 2: whatever keeps a verdict from being given or shown is never a pass, nor a fail."""
    try:
        speak_utf8()
        return main()
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"deploy-actions: the package {missing.name} is missing. Run bin/deploy-actions, which has it.\n"
        )
    except BrokenPipeError:
        silence(1)
    except OSError as error:
        silence(1)
        sys.stderr.write(f"deploy-actions: what there is to say could not be written: {error.strerror}.\n")
    return 2


def speak_utf8() -> None:
    """Whatever the locale says, since the runner reads UTF-8. A stream that was closed is opened on nothing."""
    sys.stdout = sys.stdout or open(os.devnull, "w")
    sys.stderr = sys.stderr or open(os.devnull, "w")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # these are text files


def silence(descriptor: int) -> None:
    """Lets Python's own flush at the end succeed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


if __name__ == "__main__":
    gc.set_threshold(_RARELY)
    sys.exit(exit_code())
