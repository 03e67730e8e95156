"""Which masks are registered, and that a runner which applies them hides every form of a secret."""

import io
import math
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.actions.preflight_secrets.credentials import pem, private_key
from tests.actions.preflight_secrets.room import codes_of, report
from tests.fakes import NOW, FakeMasks
from tests.workflow.runner_protocol import commands_in

from deploy_actions.actions.preflight_secrets import ACTION
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World
from deploy_actions.credentials.derived import MOST_CHARACTERS, forms_left_bare, is_maskable
from deploy_actions.runner import run_action
from deploy_actions.services.masks import connect
from deploy_actions.workflow.log import Log

SECRET = "9f8e/made+up?7d6c"
PASSWORD = "p4ss-made-up"
KEY_AND_CERTIFICATE = f"{private_key()}{pem(NOW + timedelta(days=90))}"


def masked(value: str) -> list[str]:
    masks = FakeMasks()
    found = report("KEY", {"KEY": value}, masks=masks)
    assert found.outputs.values()["masked-forms"] == len(masks.values)
    return masks.values


@pytest.mark.parametrize(
    "form",
    [
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        b64encode(SECRET.encode()).decode().rstrip("=")[:-1],
        urlsafe_b64encode(SECRET.encode()).decode().rstrip("=")[:-1],
        quote_plus(SECRET),
        quote_plus(SECRET).lower(),
    ],
)
def test_the_forms_that_the_runner_leaves_bare_are_masked(form: str) -> None:
    assert any(form.startswith(mask) for mask in masked(SECRET))


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        (f"postgres://ada:{PASSWORD}@db.example/orders", [PASSWORD]),
        ("postgres://ada:p%C3%A4ss%2Dup@db.example", ["p%C3%A4ss%2Dup", "päss-up"]),
        (
            f"[default]\naws_access_key_id = AKIA{'A' * 16}\naws_secret_access_key = {'aB3/' * 10}",
            ["aB3/" * 10],
        ),
        ('{"auths":{"r.example":{"auth":"' + b64encode(f"ada:{PASSWORD}".encode()).decode() + '"}}}', [PASSWORD]),
    ],
)
def test_the_secret_pieces_of_a_credential_are_masked_by_themselves(value: str, pieces: list[str]) -> None:
    masks = masked(value)
    for piece in pieces:
        assert {piece, piece.encode().hex()} <= set(masks)


@pytest.mark.parametrize("password", ["abc12", "password", "changeme", "xxxxxxxx", "*****"])
def test_a_piece_that_is_short_or_common_is_listed_and_not_masked(password: str) -> None:
    masks = FakeMasks()
    found = report("KEY", {"KEY": f"postgres://ada:{password}@db.example/orders"}, masks=masks)
    assert "part-not-masked" in codes_of(found, "KEY")
    assert password not in masks.values
    assert all(len(mask) >= 6 for mask in masks.values)
    [finding] = [finding for finding in found.findings if finding.reason_code == "part-not-masked"]
    assert password not in finding.message or password == "password"


@pytest.mark.parametrize("value", ["changeme", "${TOKEN}", "<token>", "xxxxxxxxxx", "   ", "abc12", "k9!", "***"])
def test_nothing_is_masked_for_a_placeholder_or_what_is_short(value: str) -> None:
    assert masked(value) == []


@pytest.mark.parametrize("value", [SECRET, "ä" * 9 + SECRET, "a b" * 50, SECRET * 200, KEY_AND_CERTIFICATE])
def test_no_mask_is_short_or_stands_twice_or_holds_a_line_end(value: str) -> None:
    forms = forms_left_bare(value)
    assert len(set(forms)) == len(forms)
    assert all(len(form) >= 6 and not re.search(r"\s", form) for form in forms)
    assert len(forms) <= 40


@pytest.mark.parametrize("character", ["a", "ä", "😀"])
def test_a_value_of_extreme_length_gives_no_mask_that_is_much_longer(character: str) -> None:
    """No line that the runner reads is longer than 1 MiB, as a job's variables and files are at most."""
    value = (character + SECRET) * 10_000
    assert forms_left_bare(value) == ()
    longest = value[:MOST_CHARACTERS]
    runner = Runner(longest)
    assert max(map(len, runner.stream.getvalue().splitlines())) <= 1024 * 1024


# A model of the runner's masking (actions/runner 2.336.0, `SecretMasker` and `ValueEncoders`).


class Runner:
    """What a runner knows to mask after preflight has registered the other forms of its secret."""

    def __init__(self, secret: str) -> None:
        self.stream = io.StringIO(newline="")
        redactor = Redactor()
        log = Log(self.stream, redactor, in_workflow=True)
        masks = connect(World({}, redactor, log.text, log.mask))
        masks.register("KEY", [Secret(form) for form in forms_left_bare(secret)])
        registered = [command.data for command in commands_in(self.stream.getvalue())]
        own = [secret, *(line.strip() for line in re.split(r"[\r\n]+", secret))]
        self.masks = {form for value in (*own, *registered) for form in runners_forms(value) if form}

    def hidden(self, text: str) -> list[bool]:
        """For each character, whether `***` takes its place."""
        hides = [False] * len(text)
        for mask in self.masks:
            for found in re.finditer(f"(?={re.escape(mask)})", text):
                hides[found.start() : found.start() + len(mask)] = [True] * len(mask)
        return hides


def runners_forms(value: str) -> Iterator[str]:
    """The value, and its base64 at the three offsets without what depends on its neighbours' bytes."""
    yield value
    data = value.encode()
    for offset in range(3):
        yield b64encode(data[offset:]).decode().rstrip("=")[: -1 if len(data) > 9 else None]


Range = tuple[int, int]
"""Where in an encoded text the characters stand that say something of the secret."""


def in_hexadecimal(data: bytes, place: Range) -> Iterator[tuple[str, Range]]:
    for text in (data.hex(), data.hex().upper()):
        yield text, (2 * place[0], 2 * place[1])


def in_base64(data: bytes, place: Range) -> Iterator[tuple[str, Range]]:
    standard = b64encode(data).decode()
    for text in (standard, standard.replace("+", "-").replace("/", "_")):
        for form in (text, text.rstrip("=")):
            yield form, (place[0] * 8 // 6, math.ceil(place[1] * 8 / 6))


def encoded(data: bytes, place: Range) -> Iterator[tuple[str, Range]]:
    yield from in_hexadecimal(data, place)
    for text, inside in in_base64(data, place):
        yield text, inside
        yield from in_base64(text.encode(), inside)


SURROUNDINGS = [("", ""), ("x:", ":y"), ("ab:", ":suffix"), ("prefix:", ":"), ("user:", "\n"), ("abcd:", ":x")]


@settings(max_examples=40)
@given(secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=200))
@example(secret="00>>??~~ÿÿ")
@example(secret="line-one\nline-two\r\nline-three")
@example(secret=private_key())
@example(secret="  white space around \t")
def test_a_runner_hides_every_form_of_any_secret_but_for_three_characters_at_its_ends(secret: str) -> None:
    bare = secret.strip()
    assume(is_maskable(bare) and len(bare) >= 8)
    runner = Runner(bare)
    for before, after in SURROUNDINGS:
        data, start = f"{before}{bare}{after}".encode(), len(before.encode())
        for text, (first, last) in encoded(data, (start, start + len(bare.encode()))):
            hides = runner.hidden(text)
            assert all(hides[first + 3 : last - 3]), (before, after, text)


def test_the_model_of_the_runner_sees_what_is_bare() -> None:
    runner = Runner(SECRET)
    assert not any(runner.hidden("something else entirely"))
    runner.masks = {SECRET}
    assert not all(runner.hidden(SECRET.encode().hex()))
    assert all(runner.hidden(SECRET))


# The whole action, as a runner reads it.


@pytest.mark.parametrize(
    "fault", [{}, {"oidc-claims": "aud: acme"}, {"max-age": "soon"}, {"github-token": "t0ken-made"}]
)
def test_masks_come_before_any_other_line_of_the_log(tmp_path: Path, fault: dict[str, str]) -> None:
    values = {"KEY": SECRET, "DSN": f"postgres://ada:{PASSWORD}@db.example/orders", "PEM": KEY_AND_CERTIFICATE}
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "out"), **values}
    stdout = io.StringIO(newline="")
    texts = {"secrets": "KEY,DSN,PEM,NOT_SET", **fault}
    assert run_action("preflight-secrets", ACTION, texts, environ, stdout=stdout, stderr=io.StringIO()) > 0
    lines = stdout.getvalue().splitlines()
    is_mask = [line.startswith("::add-mask::") for line in lines]
    count = is_mask.index(False)
    assert not any(is_mask[count:])
    assert bool(count) is ("max-age" not in fault)
    shown = "\n".join(lines[count:])
    assert not any(text in shown for text in (SECRET, PASSWORD, SECRET.encode().hex(), private_key().splitlines()[1]))
    if count:
        assert PASSWORD in [command.data for command in commands_in("\n".join(lines[:count]))]


def test_a_certificate_is_public_and_gets_no_masks_but_one_with_its_key_does() -> None:
    masks = FakeMasks()
    report("A", {"A": pem(NOW + timedelta(days=9))}, masks=masks)
    assert masks.values == []
    report("A", {"A": f"{pem(NOW + timedelta(days=9))}\n{private_key()}"}, masks=masks)
    assert masks.values
