import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from tests.credentials.makers import (
    END,
    START,
    base64_of,
    certificate_user,
    jwt,
    kubeconfig,
    letters,
    parts_of,
    pem_certificate,
    pem_key,
    rsa_key,
    seconds,
)

from deploy_actions.credentials import kind_of
from deploy_actions.credentials import kubeconfig as kind
from deploy_actions.credentials.credential import NoDate, Unreadable

EKS = """\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: YQ==
    server: https://0123.gr7.eu-west-1.eks.amazonaws.com
  name: arn:aws:eks:eu-west-1:000000000000:cluster/production
contexts:
- context:
    cluster: arn:aws:eks:eu-west-1:000000000000:cluster/production
    user: arn:aws:eks:eu-west-1:000000000000:cluster/production
  name: arn:aws:eks:eu-west-1:000000000000:cluster/production
current-context: arn:aws:eks:eu-west-1:000000000000:cluster/production
kind: Config
preferences: {}
users:
- name: arn:aws:eks:eu-west-1:000000000000:cluster/production
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args: [--region, eu-west-1, eks, get-token, --cluster-name, production, --output, json]
      command: aws
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
"""


@pytest.mark.parametrize("form", [str, lambda text: json.dumps(yaml.safe_load(text)), lambda text: "---\n" + text])
def test_the_dates_of_kind_are_those_of_its_certificate(form: "type[str]") -> None:
    value = form(kubeconfig(certificate_user()))
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.not_before, credential.expires) == (START, END)
    assert credential.kind == "kubeconfig with X.509 certificate"
    assert credential.weaknesses == credential.concerns == ()


def test_a_key_of_another_certificate_is_a_weakness() -> None:
    value = kubeconfig(certificate_user(key=rsa_key()))
    assert any("another certificate" in weakness for weakness in kind.read(value).weaknesses)


def test_key_and_token_are_masked_in_each_of_their_forms() -> None:
    user = certificate_user()
    parts = parts_of(kind.read(kubeconfig(user)))
    assert parts[0] == user["client-key-data"]
    assert len(parts) == 2
    token = jwt({"exp": seconds(END)})
    assert parts_of(kind.read(kubeconfig({"token": token}))) == [token, *token.split(".")[1:]]


def test_a_token_that_is_a_jwt_has_its_end() -> None:
    assert kind.read(kubeconfig({"token": jwt({"exp": seconds(END)})})).expires == END
    assert kind.read(kubeconfig({"token": letters(30)})).kind == "kubeconfig with an opaque token"
    with pytest.raises(NoDate):
        kind.read(kubeconfig({"token": jwt('{"exp": 1e30}')}))


def test_eks_has_a_program_and_no_end() -> None:
    assert kind_of(EKS) is kind.KIND
    credential = kind.read(EKS)
    assert (credential.expires, credential.kind) == (None, "kubeconfig with a program that gets the credential")
    assert credential.note


def test_the_current_context_counts_and_no_other() -> None:
    document = yaml.safe_load(kubeconfig(certificate_user()))
    document["users"].insert(0, {"name": "other", "user": {"token": jwt({"exp": 1})}})
    document["contexts"].insert(0, {"name": "other", "context": {"cluster": "a", "user": "other"}})
    assert kind.read(yaml.safe_dump(document)).expires == END
    assert kind.read(yaml.safe_dump({**document, "current-context": "other"})).expires != END


@pytest.mark.parametrize(
    ("cluster", "concern"),
    [
        ({"server": "https://a", "insecure-skip-tls-verify": True}, "insecure-skip-tls-verify"),
        ({"server": "http://a"}, "without TLS"),
        ({"server": "https://a", "certificate-authority": "/etc/ca.crt"}, "is a file"),
    ],
)
def test_a_cluster_that_cannot_be_trusted_is_a_concern(cluster: Mapping[str, object], concern: str) -> None:
    assert any(concern in one for one in kind.read(kubeconfig({"token": "abcdefgh"}, cluster)).concerns)


@pytest.mark.parametrize(
    "user",
    [
        {},
        None,
        [],
        "text",
        {"token": ""},
        {"token": ["a"]},
        {"token": {"a": "b"}},
        {"exec": None},
        {"username": "a"},
        {"tokenFile": "/var/run/token"},
        {"auth-provider": {"name": "gcp"}},
        {"client-certificate": "/a", "client-key": "/b"},
        {"client-certificate-data": base64_of(pem_certificate())},
        {"client-certificate-data": base64_of(pem_certificate()), "client-key": "/b"},
        {"client-certificate-data": "!", "client-key-data": "!"},
        {"client-certificate-data": ["a"], "client-key-data": "YQ=="},
        {"client-certificate-data": pem_certificate(), "client-key-data": pem_key()},
        {"client-certificate-data": base64_of(pem_certificate()[:300]), "client-key-data": base64_of(pem_key())},
        {"client-certificate-data": base64_of(pem_certificate()), "client-key-data": base64_of(pem_key()[:90])},
        {"client-certificate-data": base64_of(pem_certificate()), "client-key-data": base64_of("no key")},
    ],
)
def test_a_user_without_a_credential_in_the_file_is_unreadable(user: object) -> None:
    with pytest.raises(Unreadable):
        kind.read(kubeconfig(user))


@pytest.mark.parametrize(
    "changes",
    [
        {"current-context": "other"},
        {"current-context": ""},
        {"current-context": None},
        {"current-context": ["c"]},
        {"users": []},
        {"users": None},
        {"users": {"b": {}}},
        {"users": ["b"]},
        {"clusters": []},
        {"clusters": [{"name": "a", "cluster": {}}]},
        {"contexts": [{"name": "c", "context": {"user": "b"}}]},
        {"contexts": [{"name": "c", "context": {"cluster": "a"}}]},
        {"contexts": [{"name": "c", "context": None}]},
    ],
)
def test_a_context_that_leads_nowhere_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        kind.read(kubeconfig({"token": "abcdefgh"}, **changes))


@pytest.mark.parametrize(
    "trap",
    ["\ud800", "\0", "[" * 200, "*a", "&a [*a]", "'", '"\\ud800"', "!!python/object:os.system a", "{a: 1, a: 2}", "\t"],
)
def test_a_trap_in_the_yaml_is_unreadable_or_read_as_text(trap: str) -> None:
    try:
        kind.read(f"{kubeconfig({'token': 'abcdefgh'})}more: {trap}\n")
    except Unreadable as error:
        assert str(error).startswith("it ")  # noqa: PT017  # both are right


def test_a_file_with_far_too_many_entries_is_not_read() -> None:
    with pytest.raises(Unreadable, match="6000"):
        kind.read(kubeconfig({"token": "abcdefgh"}) + "more: [" + "a," * 6000 + "]\n")


def test_forty_contexts_are_read() -> None:
    document = yaml.safe_load(kubeconfig({"token": "abcdefgh"}))
    for number in range(40):
        document["users"].append({"name": f"u{number}", "user": {"token": letters(900)}})
        document["contexts"].append({"name": f"c{number}", "context": {"cluster": "a", "user": f"u{number}"}})
    assert kind.read(yaml.safe_dump(document)).kind == "kubeconfig with an opaque token"


def test_a_file_that_was_cut_off_is_unreadable() -> None:
    value = kubeconfig(certificate_user())
    for cut in (len(value) // 2, len(value) - 100, 300):
        with pytest.raises(Unreadable):
            kind.read(value[:cut])
