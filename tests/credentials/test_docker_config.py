import json
from datetime import timedelta

import pytest
from tests.credentials.makers import (
    END,
    base64_of,
    docker_auth,
    docker_config,
    ecr_password,
    jwt,
    letters,
    parts_of,
    seconds,
)

from deploy_actions.credentials import docker_config as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import NoDate, Unreadable

PASSWORD = letters(24)
TOKEN = jwt({"exp": seconds(END)})


def config(*entries: object) -> str:
    return docker_config(auths={f"registry-{number}.example": entry for number, entry in enumerate(entries)})


@pytest.mark.parametrize(
    ("entry", "ends"),
    [
        (docker_auth(PASSWORD, "me"), None),
        ({"username": "me", "password": PASSWORD, "email": "a@example.org", **docker_auth(PASSWORD, "me")}, None),
        (docker_auth(f"{PASSWORD}:with:colons", "me"), None),
        (docker_auth(ecr_password(seconds(END))), END),
        (docker_auth(TOKEN, "oauth2accesstoken"), END),
        ({"auth": "", "identitytoken": TOKEN}, END),
        ({"identitytoken": "", **docker_auth(TOKEN, "00000000-0000-0000-0000-000000000000")}, END),
        ({"registrytoken": TOKEN}, END),
        (docker_auth(json.dumps({"type": "service_account"}), "_json_key"), None),
    ],
)
def test_the_end_is_that_of_the_password(entry: object, ends: object) -> None:
    value = config(entry)
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert credential.expires == ends
    assert credential.subject == "registry-0.example"
    assert parts_of(credential)


def test_of_two_registries_the_first_end_counts_and_both_are_masked() -> None:
    later = ecr_password(seconds(END + timedelta(days=1)))
    credential = kind.read(config(docker_auth(later), docker_auth(TOKEN), docker_auth(PASSWORD)))
    assert credential.expires == END
    assert credential.kind == "Docker configuration for 3 registries"
    assert {later, TOKEN, PASSWORD} < set(parts_of(credential))
    assert len(parts_of(credential)) == 6


def test_nul_behind_a_password_is_cut_off_as_docker_does() -> None:
    assert parts_of(kind.read(config({"auth": base64_of(f"me:{PASSWORD}\0\0")})))[0] == PASSWORD


@pytest.mark.parametrize("helper", [{"credsStore": "desktop"}, {"credHelpers": {"a": "ecr-login"}}])
def test_a_helper_is_a_concern(helper: dict[str, object]) -> None:
    assert kind.read(docker_config(**helper)).concerns
    assert not kind.read(docker_config()).concerns


@pytest.mark.parametrize("end", ["soon", True, [], {}, 10**18, -(10**18), 253_402_300_800])
def test_an_end_that_is_no_date_is_never_passed_over(end: object) -> None:
    with pytest.raises(NoDate):
        kind.read(config(docker_auth(PASSWORD), docker_auth(ecr_password(end))))


@pytest.mark.parametrize(
    "entry",
    [
        {},
        None,
        [],
        "text",
        {"auth": None},
        {"auth": 1},
        {"auth": ""},
        {"auth": "!"},
        {"auth": base64_of("no colon")},
        {"auth": base64_of(":password")},
        {"auth": base64_of("user:")},
        {"auth": base64_of("user:\0")},
        {"auth": base64_of(b"user:\xff\xfe")},
        {"auth": base64_of(f"me:{PASSWORD}")[:5]},
        {"password": ["a"]},
        {"username": "me"},
    ],
)
def test_a_registry_without_a_password_is_unreadable(entry: object) -> None:
    for value in (config(entry), config(docker_auth(PASSWORD), entry)):
        with pytest.raises(Unreadable):
            kind.read(value)


@pytest.mark.parametrize("auths", [None, {}, [], "text", 1, ["a"]])
def test_without_registries_it_is_unreadable(auths: object) -> None:
    with pytest.raises(Unreadable, match="auths"):
        kind.read(docker_config(auths=auths))


def test_a_file_that_was_cut_off_is_unreadable() -> None:
    assert kind.recognises(docker_config()[:-1])
    with pytest.raises(Unreadable):
        kind.read(docker_config()[:-1])
