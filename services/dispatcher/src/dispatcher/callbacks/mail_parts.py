"""The parts by which mail comes back, made from the settings."""

from __future__ import annotations

from starlette.routing import BaseRoute
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox

from dispatcher.callbacks.email import MailCallback
from dispatcher.callbacks.lmtp import LmtpListener
from dispatcher.callbacks.unsubscribe import Unsubscriber
from dispatcher.channels.mail_addresses import MailAddresses, key_from
from dispatcher.channels.smtp_settings import mail_addresses
from dispatcher.delivery.mail_marks import MailMarks
from dispatcher.delivery.receipts import Receipts
from dispatcher.links.unsubscribing import Unsubscribing
from dispatcher.replies.inbound import Replies
from dispatcher.replies.mail_intake import MailIntake
from dispatcher.settings import Settings, public_base


def mail_marks(settings: Settings) -> MailMarks:
    return MailMarks(_addresses(settings), _unsubscribing(settings))


def mail_intake(
    settings: Settings, replies: Replies, receipts: Receipts, clock: Clock
) -> MailIntake:
    return MailIntake(ours=_addresses(settings), replies=replies, receipts=receipts, clock=clock)


def mail_routes(
    settings: Settings, intake: MailIntake, database: Database, outbox: Outbox, clock: Clock
) -> list[BaseRoute]:
    secret = settings.mail_callback_secret
    callback = MailCallback(
        intake, secret.get_secret_value() if secret else None, settings.mail_most_bytes
    )
    links = _unsubscribing(settings)
    leaving = Unsubscriber(links, database, outbox, clock).routes() if links else []
    return [*callback.routes(), *leaving]


def lmtp_listeners(settings: Settings, intake: MailIntake) -> list[LmtpListener]:
    if settings.lmtp_port is None:
        return []
    return [
        LmtpListener(
            intake,
            host=settings.lmtp_host,
            port=settings.lmtp_port,
            most_bytes=settings.mail_most_bytes,
        )
    ]


def _addresses(settings: Settings) -> MailAddresses:
    return mail_addresses(settings, _signing_key(settings))


def _unsubscribing(settings: Settings) -> Unsubscribing | None:
    key = _signing_key(settings)
    return Unsubscribing(public_base(settings), key_from(key, "unsubscribing")) if key else None


def _signing_key(settings: Settings) -> str | None:
    """Keys of their own are derived from it for each purpose."""
    key = settings.link_signing_key
    return key.get_secret_value() if key else None
