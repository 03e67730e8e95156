import json
from typing import Any

import pytest
from tests.credentials.makers import END, aws_key_id, aws_secret_key, aws_session, letters, parts_of

from deploy_actions.credentials import aws_credentials as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import NoDate, Unreadable

ID, SESSION_ID, SECRET = aws_key_id(), aws_key_id("SIA"), aws_secret_key()
TOKEN = str(aws_session()["SessionToken"])
PARTS = [SECRET, TOKEN]
ENDS = "2027-06-07T08:09:10Z"
FILE = f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
SESSION_IN_FILE = f"""\
[saml]
aws_access_key_id={SESSION_ID}
aws_secret_access_key={SECRET}
aws_session_token={TOKEN}
"""


def names(prefix: str = "", quote: str = "", expires: str = "") -> str:
    stated = {"AWS_ACCESS_KEY_ID": SESSION_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    if expires:
        stated["AWS_CREDENTIAL_EXPIRATION"] = expires
    return "\n".join(f"{prefix}{name}={quote}{text}{quote}" for name, text in stated.items())


def in_json(**changes: object) -> str:
    return json.dumps(
        {"Credentials": aws_session(**changes), "AssumedRoleUser": {"Arn": "arn:aws:sts::0:a/b"}}, indent=4
    )


@pytest.mark.parametrize(
    "value",
    [
        in_json(),
        json.dumps({"Version": 1, **aws_session()}),
        json.dumps({"Code": "Success", **{key.replace("SessionT", "T"): text for key, text in aws_session().items()}}),
        names(expires=ENDS),
        names("export ", expires=ENDS),
        names("export ", '"', ENDS),
        names("export ", "'", ENDS).replace("\n", "\r\n"),
        names("set ", expires=ENDS),
        names("$Env:", '"', ENDS),
        f"{SESSION_IN_FILE}x_security_token_expires = 2027-06-07T10:09:10+02:00\n",
        f"# by hand\n\n{SESSION_IN_FILE}expiration={ENDS}\nregion = eu-west-1\n",
    ],
)
def test_a_session_has_its_end(value: str) -> None:
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.kind, credential.expires) == ("AWS session credentials", END)
    assert parts_of(credential) == PARTS
    assert credential.concerns == ()
    assert credential.note == ""


@pytest.mark.parametrize("value", [SESSION_IN_FILE, names(), names("export "), in_json(Expiration=None)])
def test_a_session_that_does_not_say_when_it_ends_says_so(value: str) -> None:
    credential = kind.read(value)
    assert credential.expires is None
    assert credential.note


@pytest.mark.parametrize(
    "value",
    [
        FILE,
        FILE.replace(" = ", "="),
        FILE.replace("\n", "\r\n"),
        f"{FILE}[role]\nrole_arn = arn:aws:iam::0:role/a\nsource_profile = default\n",
        json.dumps({"AccessKey": {"UserName": "a", "AccessKeyId": ID, "Status": "Active", "SecretAccessKey": SECRET}}),
        f"export AWS_ACCESS_KEY_ID={ID};\nexport AWS_SECRET_ACCESS_KEY={SECRET};\n",
        f"AWS_DEFAULT_REGION=eu-west-1\nAWS_ACCESS_KEY_ID={ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n",
    ],
)
def test_a_key_of_a_user_is_a_concern(value: str) -> None:
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.kind, credential.expires) == ("AWS access key", None)
    assert credential.concerns
    assert parts_of(credential) == [SECRET]


def test_of_two_profiles_both_are_masked_and_the_first_end_counts() -> None:
    other = letters(40).swapcase()
    file = FILE.replace(SECRET, other)
    credential = kind.read(f"{file}\n{SESSION_IN_FILE}expiration={ENDS}\n")
    assert credential.kind == "AWS credentials of 2 profiles"
    assert credential.expires == END
    assert parts_of(credential) == [other, *PARTS]
    assert credential.concerns


@pytest.mark.parametrize(
    "value",
    [
        in_json(AccessKeyId=SESSION_ID[:-1]),
        in_json(SecretAccessKey=SECRET[:-1]),
        in_json(SecretAccessKey=SECRET[:-1] + "!"),
        in_json(SecretAccessKey=4),
        in_json(SecretAccessKey=[SECRET]),
        in_json(SessionToken=None),
        in_json(SessionToken=""),
        json.dumps({"Credentials": [SECRET, ID]}),
        in_json()[:-30],
        FILE[:-6],
        FILE.replace("aws_access_key_id", "aws_key"),
        f"{FILE}[broken]\naws_access_key_id = {ID}\n",
        SESSION_IN_FILE.partition("aws_session_token")[0],
        "",
        "[]",
    ],
)
def test_what_is_not_whole_is_unreadable(value: str) -> None:
    with pytest.raises(Unreadable) as caught:
        kind.read(value)
    assert not isinstance(caught.value, NoDate)


@pytest.mark.parametrize("end", [1, 1.5, True, [], {}, "soon", "2027-13-01", "99999-01-01T00:00:00Z"])
def test_an_end_that_is_no_date_is_never_passed_over(end: Any) -> None:
    with pytest.raises(NoDate):
        kind.read(in_json(Expiration=end))


@pytest.mark.parametrize("value", [ID, f"key {ID}", f"secret {ID[:-1]}", SECRET, "secret", f"secret x{ID}y"])
def test_a_key_id_alone_is_none(value: str) -> None:
    assert not kind.recognises(value)
