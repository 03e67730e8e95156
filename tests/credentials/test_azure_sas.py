from datetime import UTC, datetime

import pytest
from tests.credentials.makers import (
    END,
    SAS_SIGNATURE,
    START,
    base64_of,
    parts_of,
    quoted,
    sas,
    seconds,
    service_bus_sas,
)

from deploy_actions.credentials import azure_sas as kind
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import NoDate, Unreadable

SIGNED = f"sig={quoted(SAS_SIGNATURE)}"
STORAGE = "BlobEndpoint=https://name.blob.core.windows.net/;QueueEndpoint=https://name.queue.core.windows.net/"
BUS = "Endpoint=sb://name.servicebus.windows.net/"


@pytest.mark.parametrize(
    ("value", "starts", "ends"),
    [
        (sas(), START, END),
        (f"?{sas()}", START, END),
        (f"https://name.blob.core.windows.net/container/blob.txt?{sas()}", START, END),
        (f"https://name.blob.core.windows.net/?{sas().replace(':', '%3A')}", START, END),
        (f"{STORAGE};SharedAccessSignature={sas()}", START, END),
        (f"{STORAGE};SharedAccessSignature={sas()};", START, END),
        (f"SharedAccessSignature={sas()};{STORAGE}", START, END),
        (f"SharedAccessSignature=se=2027-06-07T08:09:10Z&{SIGNED};{STORAGE}", None, END),
        (service_bus_sas(), None, END),
        (f"{BUS};SharedAccessSignature={service_bus_sas()};EntityPath=queue", None, END),
        (sas("&se=2027-06-07"), None, datetime(2027, 6, 7, tzinfo=UTC)),
        (sas("&se=2027-06-07T08:09Z"), None, datetime(2027, 6, 7, 8, 9, tzinfo=UTC)),
        (sas("&se=2027-06-07T08:09:10.1234567Z"), None, END.replace(microsecond=123_456)),
        (sas("&se=2027-06-07T10:09:10%2B02:00"), None, END),
        (sas("&se=2027-06-09T00:00:00Z&ske=2027-06-07T08:09:10Z&skt=2026-01-02T03:04:05Z"), START, END),
        (sas("&se=2027-06-07T08:09:10Z&ske=2027-06-09T08:09:10Z"), None, END),
        (sas("&si=policy"), None, None),
    ],
)
def test_start_and_end_are_read(value: str, starts: datetime | None, ends: datetime | None) -> None:
    assert kind_of(value) is kind.KIND
    credential = kind.read(value)
    assert (credential.not_before, credential.expires) == (starts, ends)
    assert parts_of(credential) == [SAS_SIGNATURE]


def test_a_stored_policy_is_noted_and_plain_http_is_a_concern() -> None:
    assert "policy" in kind.read(sas("&si=policy")).note
    assert kind.read(sas()).concerns == ()
    assert kind.read(sas("&se=2027-01-01&spr=https,http")).concerns


@pytest.mark.parametrize(
    "value",
    [
        f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={base64_of(bytes(64))};EndpointSuffix=core.windows.net",
        f"AccountName=a;AccountKey={'A' * 80}sig==;se=a",
        f"{BUS};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={SAS_SIGNATURE}",
        f"https://prod-00.westeurope.logic.azure.com:443/workflows/a/paths/invoke?api-version=1&sp=%2F&sv=1.0&{SIGNED}",
        f"https://example.org/?{SIGNED}",
        "https://example.org/?se=1&sv=2",
        "se=1",
        "sig=",
        f"some words with {SIGNED} and se=1 inside",
    ],
)
def test_what_is_signed_otherwise_or_not_at_all_is_none(value: str) -> None:
    assert not kind.recognises(value)


@pytest.mark.parametrize("cut", [1, 2, 5, 20, 49, 50, 54, 60])
def test_a_signature_that_was_cut_off_is_unreadable(cut: int) -> None:
    value = sas()[:-cut]
    assert kind_of(value) is kind.KIND
    with pytest.raises(Unreadable) as caught:
        kind.read(value)
    assert not isinstance(caught.value, NoDate)


@pytest.mark.parametrize(
    "end",
    ["tomorrow", "", "2027-13-01", "10000-01-01", "0000-01-01", "999999999999999", "1e9", "-1", "NaN", "9" * 5000],
)
def test_an_end_that_is_no_date_is_never_passed_over(end: str) -> None:
    with pytest.raises(NoDate):
        kind.read(sas(f"&se={end}"))
    with pytest.raises(NoDate):
        kind.read(service_bus_sas(end))


def test_an_end_of_service_bus_is_in_seconds() -> None:
    assert kind.read(service_bus_sas(str(seconds(END)))).expires == END
    assert kind.read(service_bus_sas("0")).expires == datetime(1970, 1, 1, tzinfo=UTC)


def test_without_an_end_and_without_a_policy_it_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="`se`"):
        kind.read(sas(""))
    with pytest.raises(Unreadable):
        kind.read("")
