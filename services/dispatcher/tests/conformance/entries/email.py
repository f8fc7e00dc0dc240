from tocsin_contracts.words import Channel

from services.dispatcher.tests.conformance.entry import Aim, Entry

ENTRY = Entry(
    channel=Channel.EMAIL,
    settings=lambda sandbox, patience: {
        "smtp_host": "127.0.0.1",
        "smtp_port": sandbox.smtp_port,
        "smtp_tls": "none",
        "smtp_reply_seconds": patience,
        "smtp_send_seconds": 10 * patience,
        "mail_from": "status@nordlicht.example",
    },
    address_of=lambda _, number: f"reader-{number}@acme.example",
    key_of=lambda item: str(item["headers"]["Message-ID"]),
    aimed_at=lambda scheme, port: Aim(
        {"smtp_port": port, "smtp_tls": "implicit" if scheme == "https" else "none"},
        "jo@acme.example",
    ),
    secrets=(),
    says_when=False,  # SMTP has no way to
    over_http=False,
)
