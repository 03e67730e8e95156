import pytest
from tests.credentials.makers import github_token, letters, parts_of

from deploy_actions.credentials import dsn as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import Unreadable

P = letters(16)


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (f"postgres://user:{P}@db.example:5432/app", "user@db.example:5432"),
        (f"postgresql://user:{P}@a.example:5432,b.example:5433/app?target_session_attrs=any", None),
        (f"postgresql+asyncpg://user:{P}@db.example/app?sslmode=require", "user@db.example"),
        (f"postgresql://db.example/app?user=user&password={P}", "user@db.example"),
        (f"postgresql://user:{P}@/app?host=/cloudsql/project:region:instance", "user@"),
        (f"postgresql://user:{P}@%2Fvar%2Frun%2Fpostgresql/app", None),
        (f"mysql+pymysql://user:{P}@/app?unix_socket=/cloudsql/project:region:instance", "user@"),
        (f"mysql://user:{P}@[::1]:3306/app", "user@[::1]:3306"),
        (f"mongodb+srv://user:{P}@cluster0.abcde.mongodb.net/?retryWrites=true&w=majority", None),
        (f"mongodb://user:{P}@a:27017,b:27017,c:27017/db?replicaSet=rs0&authSource=admin", None),
        (f"redis://:{P}@cache.example:6379/0", "cache.example:6379"),
        (f"rediss://default:{P}@cache.example:6380", "default@cache.example:6380"),
        (f"amqps://user:{P}@broker.example/%2Fvhost", "user@broker.example"),
        (f"mssql+pyodbc://user:{P}@db.example/app?driver=ODBC+Driver+18", "user@db.example"),
        (f"mssql://user:{P}@db.example\\SQLEXPRESS/app", None),
        (f"jdbc:postgresql://db.example:5432/app?user=user&password={P}", "user@db.example:5432"),
        (f"jdbc:mysql://user:{P}@db.example/app", "user@db.example"),
        (f"jdbc:sqlserver://db.example:1433;databaseName=app;user=user;password={P};encrypt=true", None),
        (f"snowflake://user:{P}@account.eu-west-1/db/schema?warehouse=wh", None),
        (f"smtp://user%40example.org:{P}@smtp.example:587", "user@example.org@smtp.example:587"),
        (f"nats://user:{P}@nats.example:4222", None),
        (f"https://user:{P}@git.example/repository.git", "git.example"),
    ],
)
def test_an_address_with_a_password_is_read(value: str, subject: str | None) -> None:
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert parts_of(credential) == [P]
    assert (credential.expires, credential.weaknesses) == (None, ())
    assert subject is None or credential.subject == subject
    assert P not in str(credential.subject)


def test_a_password_that_is_encoded_is_masked_in_both_forms() -> None:
    credential = kind.read("postgres://user:se%40cr%2Fet%3A1@db.example/app")
    assert parts_of(credential) == ["se%40cr%2Fet%3A1", "se@cr/et:1"]
    assert credential.subject == "user@db.example"


def test_a_password_in_the_query_is_decoded_once() -> None:
    assert parts_of(kind.read("jdbc:postgresql://h/d?user=u&password=a%2541bcdef")) == ["a%41bcdef"]


def test_a_token_in_the_place_of_the_user_is_not_shown() -> None:
    credential = kind.read(f"https://{github_token()}:x-oauth-basic@github.com/owner/name")
    assert credential.subject == "github.com"
    assert github_token() in parts_of(credential)


@pytest.mark.parametrize(
    ("value", "concern"),
    [
        (f"postgres://u:{P}@localhost/a", "runner itself"),
        (f"postgres://u:{P}@LOCALHOST:5432/a", "runner itself"),
        (f"postgres://u:{P}@127.0.0.1:5432/a", "runner itself"),
        (f"postgres://u:{P}@a,[::1]:5432/a", "runner itself"),
        (f"postgres://u:{P}@db.example/a?sslmode=disable", "without TLS"),
        (f"http://u:{P}@web.example/", "without TLS"),
    ],
)
def test_development_and_plain_text_are_concerns(value: str, concern: str) -> None:
    assert any(concern in one for one in kind.read(value).concerns)


@pytest.mark.parametrize("host", ["localhost.example", "localhost-db", "db-localhost", "1127.0.0.1"])
def test_a_host_that_only_resembles_the_runner_is_none(host: str) -> None:
    assert kind.read(f"postgres://u:{P}@{host}/a").concerns == ()


@pytest.mark.parametrize("password", ["password", "changeme", "postgres%20".replace("%20", ""), "%24%7BDB_PASSWORD%7D"])
def test_a_placeholder_as_password_is_a_weakness(password: str) -> None:
    assert bool(kind.read(f"postgres://u:{password}@db.example/a").weaknesses) == (password != "postgres")


@pytest.mark.parametrize(
    "value",
    [
        "postgres://user:@db.example/app",
        f"postgres://:{P}@db.example/app",
        f"postgres://user:{P}@/app",
        f"postgres://user:{P}@",
        f"postgres://user:{P}@db.example:0/app",
        f"postgres://user:{P}@db.example:65536/app",
        f"postgres://user:{P}@db.example:99999999/app",
        f"postgres://user:{P}@db.example:port/app",
        f"postgres://user:{P}@a.example,/app",
        f"postgres://user:{P}@db example/app",
        f"jdbc:postgresql://db.example/app?password={P}",
        "user:password",
        "",
    ],
)
def test_an_address_that_lacks_something_is_unreadable(value: str) -> None:
    with pytest.raises(Unreadable):
        kind.read(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://example.org",
        "https://user@example.org/a:b@c",
        "https://example.org:8443/a@b",
        "https://example.org/?redirect=https://a:b@c",
        "https://example.org/login?user=a&password=b",
        f"https://{letters(32, '0123456789abcdef')}@o0.ingest.sentry.io/4500000000",
        "postgres://user@db.example/app",
        "postgres://db.example:5432/app",
        "redis://cache.example:6379",
        "git@github.com:owner/name.git",
        "mailto:a:b@example.org",
        "some words a://b:c@d",
        f"postgres://u:{P}@h/a\npostgres://u:{P}@h/b",
        "Server=db.example;User Id=me;Password=abc",
    ],
)
def test_an_address_without_a_password_is_none(value: str) -> None:
    assert not kind.recognises(value)
    assert kind_of(value) is None
