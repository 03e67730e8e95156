import json

import pytest
from tests.credentials.makers import parts_of, pem_key, rsa_key, service_account

from deploy_actions.credentials import google_service_account as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import Unreadable

FIELDS = ("project_id", "private_key_id", "private_key", "client_email", "token_uri")


@pytest.mark.parametrize("value", [service_account(), json.dumps(json.loads(service_account()))])
def test_a_whole_key_is_read(value: str) -> None:
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.issuer, credential.subject) == ("project", "deploy@project.example")
    assert (credential.expires, credential.weaknesses) == (None, ())
    assert parts_of(credential) == ["".join(pem_key(rsa_key()).splitlines()[1:-1])]


def test_a_key_of_few_bits_is_a_weakness() -> None:
    assert kind.read(service_account(private_key=pem_key(rsa_key(1024)))).weaknesses


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("content", [None, "", 1, [], {}, True])
def test_a_field_that_is_missing_or_no_text_is_named(field: str, content: object) -> None:
    with pytest.raises(Unreadable, match=field):
        kind.read(service_account(**{field: content}))


@pytest.mark.parametrize(
    "key", [pem_key(rsa_key())[:800], pem_key(rsa_key()).replace("\n", "\\n"), "text", pem_key().partition("\n")[0]]
)
def test_a_private_key_that_is_not_whole_is_unreadable(key: str) -> None:
    with pytest.raises(Unreadable):
        kind.read(service_account(private_key=key))


@pytest.mark.parametrize("type_", ["authorized_user", "external_account", None, 1, ["service_account"], {}])
def test_another_type_is_unreadable(type_: object) -> None:
    with pytest.raises(Unreadable, match="type"):
        kind.read(service_account(type=type_))


@pytest.mark.parametrize("cut", [1, 2, 100, 1000])
def test_a_key_that_was_cut_off_is_unreadable(cut: int) -> None:
    assert kind.recognises(service_account()[:-cut])
    with pytest.raises(Unreadable, match="JSON"):
        kind.read(service_account()[:-cut])


def test_another_credential_of_google_is_none() -> None:
    assert not kind.recognises(json.dumps({"type": "external_account", "audience": "a"}))
