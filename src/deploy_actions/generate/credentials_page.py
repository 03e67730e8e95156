"""Writes `docs/credentials.md`: what is and is not checked of each kind of credential, and what each probe asks."""

import inspect

from deploy_actions.actions.preflight_secrets.probes import PROBES
from deploy_actions.core.input_types import expectation
from deploy_actions.credentials import KINDS, OPAQUE
from deploy_actions.generate.description import shown_default
from deploy_actions.generate.tables import table

_HEAD = """\
<!-- Generated from src/deploy_actions/credentials and the probes of preflight-secrets by `make docs`. -->
# Credentials: what is checked of each kind

`preflight-secrets` finds out by itself what kind of credential a secret is, or is told by the rule `kind`. What a kind
demands and does not find fails (`secret-malformed`, `secret-weak`); what it cannot judge is never passed over
(`expiry-unreadable`). `kind: opaque` has nothing checked but the presence.
"""

_PROBES = """\
## Probes

A rule `probe` has the service itself asked, with one call and within 10 seconds, side by side with the other probes:

```yaml
DEPLOY_TOKEN: { probe: github }
API_KEY: { probe: { type: http, url: "https://api.example/whoami", header: X-Api-Key } }
```

The service takes the credential: `secret-accepted`. It refuses: `secret-refused`. It does not answer, or in a way that
cannot be read: `probe-impossible`, which stops the deploy. A credential is sent to no host that the manifest does not
name, and follows no redirect. `ssh`, `postgres` and `redis` need their clients: set `DEPLOY_ACTIONS_EXTRAS=probes` on
the runner, or provision it so (docs/operations.md).
"""


def text() -> str:
    """The page."""
    rows = [
        (f"`{kind.name}`", kind.title, kind.checked, kind.not_checked, f"[source]({kind.source})")
        for kind in KINDS.values()
    ]
    rows.append((f"`{OPAQUE}`", "Anything else", "presence, placeholders, length, `pattern`", "everything else", "–"))
    kinds = table(("`kind`", "What it is", "What is checked", "What is not", "Its form"), rows)
    return f"{_HEAD}\n{kinds}\n{_PROBES}\n{''.join(_probe(name) for name in PROBES)}"


def _probe(name: str) -> str:
    module = inspect.getdoc(inspect.getmodule(PROBES[name])) or ""
    call = (inspect.getdoc(PROBES[name]) or "").partition("\n")[0]
    rows = [
        (f"`{field.name}`", shown_default(field), f"{field.description} Expects {expectation(field.kind)}.")
        for field in PROBES[name].fields()
    ]
    settings = table(("Setting", "Default", "What it is"), rows)
    return f"### `{name}`\n\n{module.partition(chr(10))[0]} {call}\n\n{settings}\n"
