import os
import uuid

import pytest
from tests.actions.preflight_secrets.credentials import private_key

from deploy_actions.credentials.placeholders import placeholder

PLACEHOLDERS = [
    *(
        "changeme",
        "CHANGEME",
        "ChangeMe",
        "change-me",
        "change_me",
        "TODO",
        "todo: ask ops",
        "FIXME",
        "tbd",
        "xxx",
        "xxxx",
    ),
    *(
        "xxxx-xxxx-xxxx",
        "ghp_xxxxxxxxxxxx",
        "aaaaaaaa",
        "- - -",
        "<x>",
        "XXXXXXXXXX",
        "********",
        "----",
        "....",
        "00000000",
        "????",
        "<your-token>",
        "<TOKEN>",
        "[your token]",
    ),
    *(
        "dummy",
        "example",
        "sample",
        "password",
        "Password",
        "passw0rd",
        "admin",
        "root",
        "secret",
        "test",
        "foo",
        "hunter2",
    ),
    *(
        "your-token-here",
        "YOUR_API_KEY",
        "insert token here",
        "replace_me_please",
        "enter password",
        "put-your-key-here",
    ),
    *(
        "${{ secrets.TOKEN }}",
        "${{secrets.A}}",
        "$TOKEN",
        "${TOKEN}",
        "${TOKEN:-none}",
        "%TOKEN%",
        "{{ .Values.token }}",
    ),
    *(
        "null",
        "None",
        "nil",
        "undefined",
        '"null"',
        "'changeme'",
        '""',
        " changeme ",
        "`todo`",
        "true",
        "123456",
        "12345678",
    ),
]
CREDENTIALS = [
    *(os.urandom(16).hex(), str(uuid.uuid4()), "correct horse battery staple", "postgres://user:pass@db/orders"),
    *("$2b$12$abcdefghijklmnopqrstuv", '{"type": "service_account"}', "https://example.com/hook", "Tr0ub4dor&3"),
    *(
        "xoxb-" + os.urandom(8).hex(),
        "<?xml version='1.0'?><a/>",
        "testing-is-fun-2026-Rf9",
        "password-is-not-this-9f2",
    ),
    *(
        "Xxyyxx1",
        "$ecret-with-a-dollar",
        "100%-sure%-of-it",
        "your",
        "todos-app-8f1e",
        private_key(),
        "[section]\nkey=1",
        "enter sandman 2026!",
        "put-it-there-9f2e",
    ),
]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_placeholder_is_told(value: str) -> None:
    assert placeholder(value)


@pytest.mark.parametrize("value", CREDENTIALS)
def test_a_credential_is_not_taken_for_one(value: str) -> None:
    assert placeholder(value) is None
