from tocsin_contracts.words import Channel

from services.dispatcher.tests.conformance.entry import Aim, Entry, Item

SECRET = "whsec_c2FuZGJveC1zZWNyZXQtb2YtdGhlLWRldnN0YWNr"


def _webhook_id(item: Item) -> str:
    return str({name.lower(): value for name, value in item["headers"].items()}["webhook-id"])


ENTRY = Entry(
    channel=Channel.WEBHOOK,
    settings=lambda _, patience: {
        "webhook_secret": SECRET,
        "webhook_allow_private": True,
        "webhook_timeout_seconds": patience,
    },
    address_of=lambda sandbox, number: f"{sandbox.url}/webhooks/hook-of-acme-{number}",
    key_of=_webhook_id,
    aimed_at=lambda scheme, port: Aim({}, f"{scheme}://127.0.0.1:{port}/hook-of-acme"),
    secrets=(SECRET, "hook-of-acme"),
    refusal={"code": 410},
    believes_any_body=True,
)
