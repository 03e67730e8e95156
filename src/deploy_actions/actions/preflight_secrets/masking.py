"""Has the runner mask what its own masks leave bare: other encodings of a secret, and the secret pieces inside it."""

from collections.abc import Iterator, Sequence

from deploy_actions.actions.preflight_secrets.examine import Examined
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.core.ports import Masks
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Finding
from deploy_actions.credentials.derived import forms_left_bare, is_maskable


def mask_all(examined: Sequence[Examined], masks: Masks) -> int:
    """Registers the masks; returns how many the runner was given. The one place where preflight masks anything."""
    return sum(masks.register(one.name, [Secret(text) for text in _to_mask(one)]) for one in examined if one.secret)


def judge_masks(one: Examined) -> Iterator[Finding]:
    """A finding for each secret piece that is too short or too common to be masked, so that it could show."""
    for part in one.credential.parts if one.credential else ():
        if not is_maskable(part.value.reveal()):
            yield Reasons.not_masked(secret=one.name, what=part.what)


def _to_mask(one: Examined) -> Iterator[str]:
    if not is_maskable(one.value) or (one.credential and one.credential.is_public):
        return
    yield from forms_left_bare(one.value)
    for part in one.credential.parts if one.credential else ():
        if is_maskable(part.value.reveal()):
            yield part.value.reveal()
            yield from forms_left_bare(part.value.reveal())
