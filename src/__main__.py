"""Makes this directory runnable: `python -I src <command>`."""

import os
import sys


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


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"deploy-actions: the package {missing.name} is missing. Run bin/deploy-actions, which has it.\n"
        )
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(2)
