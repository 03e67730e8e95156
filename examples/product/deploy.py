"""The deploy command: sends this commit's service to the production host, with what it needs to run.

    DEPLOY_TOKEN=… SERVICE_JWT=… TLS_CERTIFICATE=… python3 deploy.py --host URL

With `--restore` it is the rollback command: the host brings back the version that `LAST_HEALTHY_VERSION` names.

Exit code 0 when the version is live, 1 when it is not.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

CONFIGURATION = ("SERVICE_JWT", "TLS_CERTIFICATE", "SENTRY_DSN")


def main() -> int:
    """Deploys the version that `GITHUB_SHA` names, or restores another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--restore", action="store_true")
    arguments = parser.parse_args()
    version = os.environ["LAST_HEALTHY_VERSION" if arguments.restore else "GITHUB_SHA"][:12]
    release: dict[str, object] = {"version": version, "configuration": configuration()}
    if not arguments.restore:
        release["source"] = Path("service.py").read_text()
    print(f"{'Restoring' if arguments.restore else 'Deploying'} {version} at {arguments.host}")
    try:
        answer = post(f"{arguments.host}/releases", release, os.environ["DEPLOY_TOKEN"])
    except urllib.error.HTTPError as error:
        print(f"The host refused: {json.load(error)['error']}")
        return 1
    except OSError as error:
        print(f"The host cannot be reached: {error}")
        return 1
    print(f"Live: {answer}")
    return 0


def configuration() -> dict[str, str]:
    """What the service needs to run."""
    return {name: os.environ[name] for name in CONFIGURATION if name in os.environ}


def post(url: str, document: object, token: str) -> object:
    """POSTs JSON with a bearer token. Raises urllib.error.HTTPError and OSError."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(document).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


if __name__ == "__main__":
    sys.exit(main())
