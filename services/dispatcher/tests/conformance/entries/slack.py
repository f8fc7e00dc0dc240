from tocsin_contracts.words import Channel

from services.dispatcher.tests.conformance.entry import Aim, Entry

TOKEN = "xoxb-sandbox"

ENTRY = Entry(
    channel=Channel.SLACK,
    settings=lambda sandbox, patience: {
        "slack_bot_token": TOKEN,
        "slack_base_url": sandbox.slack_url,
        "slack_timeout_seconds": patience,
        # Our own pace has stories of its own; here it would hold back what a story sends twice.
        "slack_seconds_per_message": 0,
    },
    address_of=lambda _, number: f"C{number:05}",
    key_of=lambda item: str(item["body"]["metadata"]["event_payload"]["idempotency_key"]),
    aimed_at=lambda scheme, port: Aim(
        {"slack_base_url": f"{scheme}://127.0.0.1:{port}/api/"}, "C00001"
    ),
    secrets=(TOKEN,),
)
