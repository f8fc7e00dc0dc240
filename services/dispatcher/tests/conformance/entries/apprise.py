from tocsin_contracts.words import Channel

from services.dispatcher.tests.conformance.entry import Aim, Entry, Item


def _reference(item: Item) -> str:
    """Apprise has no place for an id of ours: the text alone tells one message from another."""
    return str(item["text"]).rpartition("Reference: ")[2].strip()


ENTRY = Entry(
    channel=Channel.APPRISE,
    settings=lambda _, patience: {
        "apprise_schemes": "json, jsons",
        "apprise_allow_private": True,
        "apprise_timeout_seconds": patience,
    },
    address_of=lambda sandbox, number: (
        f"json://127.0.0.1:{sandbox.http_port}/apprise/token-of-acme-{number}"
    ),
    seen_as=lambda _, number: f"token-of-acme-{number}",
    key_of=_reference,
    aimed_at=lambda scheme, port: Aim({}, f"json{scheme[4:]}://127.0.0.1:{port}/token-of-acme"),
    secrets=("token-of-acme",),
    says_when=False,  # the library does not pass it on
    believes_any_body=True,
)
