from tocsin_contracts.words import Channel

from services.dispatcher.tests.conformance.entry import Aim, Entry

ENTRY = Entry(
    channel=Channel.TEAMS,
    settings=lambda _, patience: {
        "teams_allow_private": True,
        "teams_timeout_seconds": patience,
        # Our own pace has stories of its own; here it would hold back what a story sends twice.
        "teams_seconds_per_message": 0,
    },
    address_of=lambda sandbox, number: sandbox.teams.url(f"workflow-of-acme-{number}"),
    key_of=lambda item: str(item["key"]),
    aimed_at=lambda scheme, port: Aim(
        {}, f"{scheme}://127.0.0.1:{port}/workflow-of-acme?sig=sandbox-workflow-signature"
    ),
    secrets=("sandbox-workflow-signature", "workflow-of-acme"),
)
