"""No piece of a secret shows in an excerpt, wherever it stands."""

import secrets

from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.core.redact import Redactor
from deploy_actions.services.probing.excerpts import excerpt

SECRET = secrets.token_hex(300)


def known() -> Redactor:
    redactor = Redactor()
    redactor.add("TOKEN", SECRET)
    return redactor


REDACTOR = known()
FIRST_LOOK = 4096
SECOND_LOOK = FIRST_LOOK + 4 * REDACTOR.longest_form


@given(
    st.sampled_from([0, FIRST_LOOK, SECOND_LOOK]),
    st.integers(-700, 100),
    st.sampled_from([" ", "\n", "é", "x "]),
    st.booleans(),
)
def test_a_secret_that_the_end_of_what_is_looked_at_cuts_is_hidden_whole(
    end: int, distance: int, filler: str, more: bool
) -> None:
    before = (filler * SECOND_LOOK)[: max(0, end + distance)]
    body = (before + SECRET + (" tail" * SECOND_LOOK if more else "")).encode()
    shown = excerpt(body, REDACTOR)
    assert not any(SECRET[at : at + 8] in shown for at in range(len(SECRET) - 8))
    assert len(shown) <= 200


def test_a_secret_that_comes_together_in_one_line_is_hidden() -> None:
    redactor = Redactor()
    redactor.add("PHRASE", "pass phrase")
    assert excerpt(b"pass\n\tphrase of two", redactor) == "*** of two"
