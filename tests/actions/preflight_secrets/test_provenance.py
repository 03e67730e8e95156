"""What is told of each secret, and that it is never the value."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.actions.preflight_secrets.credentials import at, jwt
from tests.actions.preflight_secrets.room import report, run_with
from tests.fakes import NOW

from deploy_actions.actions.preflight_secrets import ACTION, PreflightSecretsInputs
from deploy_actions.actions.preflight_secrets.age import Age
from deploy_actions.actions.preflight_secrets.dates import Moment
from deploy_actions.actions.preflight_secrets.examine import examine
from deploy_actions.actions.preflight_secrets.judge import Outcome
from deploy_actions.actions.preflight_secrets.manifest import Manifest
from deploy_actions.actions.preflight_secrets.probes.probe import Answer
from deploy_actions.actions.preflight_secrets.provenance import provenance, with_age
from deploy_actions.core.input_types import Duration
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Refused
from deploy_actions.core.world import World
from deploy_actions.runner import run_action
from deploy_actions.services import secrets

OPAQUE = "9f8e-made-up-7d6c"
TOKEN = jwt({"iss": "https://issuer.example", "sub": "deployer", "iat": at(hours=-2), "exp": at(days=2)})
MOMENT = Moment(NOW, Duration.parse("60m"), Duration.parse("60s"))
UNKNOWN = dict.fromkeys(("issuer", "subject", "issued", "expires", "remaining", "probed", "age", "lives-in"))
ROW = {"secret": "KEY", "kind": "opaque", **UNKNOWN, "fingerprint": "abcd"}


def moment(**delta: float) -> str:
    return (NOW + timedelta(**delta)).isoformat()


@pytest.mark.parametrize(
    ("value", "outcome", "expected"),
    [
        (OPAQUE, None, {}),
        (OPAQUE, Answer("https://api.example"), {"probed": "https://api.example"}),
        (OPAQUE, Refused("api.example", "GET /", "status 401"), {}),
        (
            OPAQUE,
            Answer("here", NOW + timedelta(days=3)),
            {"probed": "here", "expires": moment(days=3), "remaining": "3d"},
        ),
        (OPAQUE, Answer("here", NOW - timedelta(hours=3)), {"expires": moment(hours=-3), "remaining": "-3h"}),
        (
            TOKEN,
            None,
            {"kind": "JWT", "issuer": "https://issuer.example", "issued": moment(hours=-2), "expires": moment(days=2)},
        ),
        (TOKEN, Answer("here", NOW + timedelta(days=9)), {"expires": moment(days=2), "remaining": "2d"}),
        (TOKEN, Answer("here", NOW + timedelta(days=1)), {"expires": moment(days=1), "remaining": "1d"}),
        (jwt({"exp": at(seconds=-1)}), None, {"kind": "JWT", "expires": moment(seconds=-1), "remaining": "-1s"}),
        ("changeme", None, {}),
    ],
)
def test_a_row_says_what_is_known(value: str, outcome: Outcome, expected: dict[str, str]) -> None:
    [rule] = Manifest.parse("KEY")
    row = provenance(examine(rule, {"KEY": Secret(value)}), outcome, MOMENT, "abcd").values()
    assert {name: row[name] for name in expected} == expected
    assert row.keys() == ROW.keys()
    if not outcome and value == OPAQUE:
        assert row == ROW


def test_only_secrets_that_are_set_have_a_row() -> None:
    found = report("[A, B, C]", {"A": OPAQUE, "C": TOKEN}).outputs.values()["provenance"]
    assert [row["secret"] for row in found] == ["A", "C"]


def test_a_row_says_how_old_its_secret_is_where_that_is_known() -> None:
    [rule] = Manifest.parse("KEY")
    row = provenance(examine(rule, {"KEY": Secret(OPAQUE)}), None, MOMENT, "abcd")
    known = Age(secret="KEY", state="listed", lives_in="repository", days=12)
    others = (Age(secret="OTHER", state="listed", lives_in="environment", days=3), known)
    assert with_age(row, others).values() == {**ROW, "age": "12d", "lives-in": "repository"}
    assert with_age(row, [Age(secret="KEY", state="unverifiable")]).values() == {**ROW, "age": "unverifiable"}
    assert with_age(row, ()).values() == ROW


def fingerprints(values: dict[str, str]) -> dict[str, str]:
    """Of one run, with the real service."""
    real = secrets.connect(World(values, Redactor(), lambda line: None))
    found = run_with(PreflightSecretsInputs.from_texts({"secrets": ",".join(values)}), real)  # type: ignore[arg-type]
    return {row["secret"]: row["fingerprint"] for row in found.outputs.values()["provenance"]}


def test_a_fingerprint_tells_values_apart_within_a_run_and_nothing_beyond_it() -> None:
    values = {"A": OPAQUE, "B": OPAQUE, "C": TOKEN}
    first, second = fingerprints(values), fingerprints(values)
    assert first["A"] == first["B"] != first["C"]
    assert not set(first.values()) & set(second.values())
    assert all(len(bytes.fromhex(one)) == 8 for one in first.values())


@pytest.mark.parametrize("subject", [OPAQUE, f"user-{OPAQUE}@db", OPAQUE.encode().hex()])
def test_a_secret_inside_a_subject_is_redacted(tmp_path: Path, subject: str) -> None:
    token = jwt({"iss": f"https://{subject}.example", "sub": subject, "exp": at(days=9000)})
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "out"), "KEY": token, "OTHER": OPAQUE}
    environ["GITHUB_STEP_SUMMARY"] = str(tmp_path / "summary")
    stdout, stderr = io.StringIO(newline=""), io.StringIO(newline="")
    run_action("preflight-secrets", ACTION, {"secrets": "KEY,OTHER"}, environ, stdout=stdout, stderr=stderr)
    shown = [line for line in stdout.getvalue().splitlines() if not line.startswith("::add-mask::")]
    everything = "\n".join((*shown, stderr.getvalue(), *(file.read_text() for file in tmp_path.iterdir())))
    assert OPAQUE not in everything
    assert OPAQUE.encode().hex() not in everything
    assert "***" in everything
    document = io.StringIO(newline="")
    run_action("p", ACTION, {"secrets": "KEY,OTHER"}, environ, stdout=document, stderr=stderr, as_json=True)
    rows = json.loads(document.getvalue())
    assert "***" in json.dumps(rows)
    assert OPAQUE not in document.getvalue()
