import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.core import policy_document
from deploy_actions.core.byte_size import ByteSize
from deploy_actions.core.input_types import NotOfType, expectation, parse_as

GOOD = [
    ("0B", 0, "0 B"),
    ("1023 B", 1023, "1023 B"),
    ("1KiB", 1024, "1 KiB"),
    ("1KB", 1000, "1000 B"),
    ("1.5GiB", 3 * 2**29, "1.5 GiB"),
    ("5 GiB", 5 * 2**30, "5 GiB"),
    ("5GB", 5_000_000_000, "4.65 GiB"),
    ("500MB", 500_000_000, "476.83 MiB"),
    ("2TB", 2 * 10**12, "1.81 TiB"),
    ("1.05TiB", 1_154_487_209_164, "1.04 TiB"),
    ("0.001KB", 1, "1 B"),
    ("0.0001KB", 0, "0 B"),
    ("1023.999MiB", 1_073_740_775, "1023.99 MiB"),
    ("4096TiB", 2**52, "4096 TiB"),
]
BAD = [
    *("", "5", "GiB", "5G", "5Gi", "5gib", "5Kib", "5kB", "5Mb", "-1B", "+1B", "1.5B", "1.GiB", ".5GiB", "1,5GiB"),
    *("5  GiB", "5GiB\n", " 5GiB", "٣GiB", "1e3B", "1_000B", "9999999999999999B", "nan", "inf"),
]


@pytest.mark.parametrize(("text", "size", "shown"), GOOD)
def test_a_size_is_read_in_bytes_and_shown_as_people_read_it(text: str, size: int, shown: str) -> None:
    read = parse_as(ByteSize, text)
    assert read == size
    assert str(read) == f"{read}" == shown


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(NotOfType, match="is not a size such as"):
        ByteSize.parse(text)


def test_what_a_size_expects_is_said_with_examples_that_are_sizes() -> None:
    for example in expectation(ByteSize).split("`")[1::2]:
        assert ByteSize.parse(example) > 0


class Form(msgspec.Struct, frozen=True):
    size: ByteSize | None = None


def test_a_policy_can_hold_a_size() -> None:
    assert policy_document.parsed("size: 1.5GiB", Form) == Form(ByteSize(3 * 2**29))
    with pytest.raises(NotOfType, match=r"is not a size such as .* at `\$\.size`"):
        policy_document.parsed("size: 5 gigabytes", Form)


@given(st.integers(min_value=0, max_value=2**60))
def test_what_is_shown_is_a_size_that_is_not_more_and_hardly_less(size: int) -> None:
    read = ByteSize.parse(str(ByteSize(size)))
    assert read <= size
    assert size - read <= max(0, size / 90)


@given(st.text())
def test_a_text_is_a_size_or_is_refused(text: str) -> None:
    with contextlib.suppress(NotOfType):
        assert ByteSize.parse(text) >= 0
