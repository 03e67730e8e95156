"""Keys of Google service accounts: JSON with a private key that does not expire by itself."""

from deploy_actions.credentials import pem_private_key
from deploy_actions.credentials.credential import Credential, Kind, Unreadable
from deploy_actions.credentials.reading import json_object

_FIELDS = ("project_id", "private_key_id", "private_key", "client_email", "token_uri")


def recognises(value: str) -> bool:
    """JSON that calls itself a service account."""
    return value.startswith("{") and '"service_account"' in value


def read(value: str) -> Credential:
    """Whether it is whole and its key can be used. Raises Unreadable."""
    document = json_object(value)
    if document.get("type") != "service_account":
        raise Unreadable("its `type` is not `service_account`")
    if missing := [field for field in _FIELDS if not isinstance(document.get(field), str) or not document[field]]:
        raise Unreadable(f"it lacks {', '.join(missing)}")
    key = pem_private_key.read(document["private_key"])
    return Credential(
        kind="Google service-account key",
        issuer=document["project_id"],
        subject=document["client_email"],
        note="Google lets such keys expire only where an organisation policy says so.",
        weaknesses=key.weaknesses,
        concerns=key.concerns,
        parts=key.parts,
    )


KIND = Kind(
    name="google-service-account",
    title="Google service-account key",
    checked="the fields are there; the private key can be loaded and is strong enough",
    not_checked="whether the key was revoked or has an end by policy",
    source="https://cloud.google.com/iam/docs/keys-create-delete",
    recognises=recognises,
    read=read,
)
