"""What a mail that came in is: a report, a machine's, or what a person wrote. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

from tocsin_contracts.words import Channel

from dispatcher.channels.mail_addresses import MailAddresses, Use
from dispatcher.delivery.receipts import Receipt
from dispatcher.replies.inbound import Inbound
from dispatcher.replies.mail_automatic import is_by_a_server, why_automatic
from dispatcher.replies.mail_parsing import addresses, header, ids, parsed, sender_of
from dispatcher.replies.mail_reports import delivery_ids, receipt_of
from dispatcher.replies.mail_text import attachment_names, reply_text

MOST_RECEIVED = 50
"""Mail servers that a mail came through; more is a circle (RFC 5321, 6.3 says at least 100)."""


@dataclass(frozen=True)
class Envelope:
    """As the mail server said it. ``sender`` empty: the null sender; ``None``: not known."""

    sender: str | None = field(repr=False)
    recipients: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Leave:
    """Nobody is told of it; ``why`` for the log."""

    why: str


def sort(
    raw: bytes, envelope: Envelope, ours: MailAddresses, now: datetime
) -> Receipt | Inbound | Leave:
    """A report comes first, since it is automatic too; nothing automatic is ever answered, so that
    two machines cannot write to each other without end."""
    mail = parsed(raw)
    recipients = [*envelope.recipients, *addresses(mail, "Delivered-To", "X-Original-To", "To")]
    by_a_server = is_by_a_server(mail, envelope.sender) or _at_return_path(envelope, ours)
    report = receipt_of(mail, ours, recipients, now, by_a_server=by_a_server)
    if isinstance(report, Receipt):
        return report
    why = report or _why_left(mail, envelope, ours)
    return Leave(why) if why else _written(mail, raw, recipients, ours, now)


def _why_left(mail: Message, envelope: Envelope, ours: MailAddresses) -> str | None:
    if len(mail.get_all("Received", [])) > MOST_RECEIVED:
        return "it goes in circles"
    sender = sender_of(mail)
    if not sender:
        return "it says not who it is from"
    if sender == ours.sender.lower() or ours.named_by(sender):
        return "it is our own"
    if _at_return_path(envelope, ours):
        return "it came to the address for bounces and is none"
    return why_automatic(mail, envelope.sender)


def _at_return_path(envelope: Envelope, ours: MailAddresses) -> bool:
    return any(ours.is_return_path(address) for address in envelope.recipients)


def _written(
    mail: Message, raw: bytes, recipients: list[str], ours: MailAddresses, now: datetime
) -> Inbound:
    named = [one for address in recipients if (one := ours.named_by(address))]
    by_address = [one.delivery_id for one in named if one.use is Use.REPLY]
    references = ids(mail, "References")[::-1]
    quoted = delivery_ids([*ids(mail, "In-Reply-To"), *references])
    attachments = attachment_names(mail)
    return Inbound(
        id=next(iter(ids(mail, "Message-ID")), None) or f"<{hashlib.sha256(raw).hexdigest()}@none>",
        channel=Channel.EMAIL,
        sender=sender_of(mail),
        text=reply_text(mail) or _only(attachments),
        at=now,
        delivery_ids=tuple(dict.fromkeys([*by_address, *quoted])),
        subject=header(mail, "Subject")[:200] or None,
        attachments=attachments,
    )


def _only(attachments: tuple[str, ...]) -> str:
    """Who sends a screenshot without a word has something to say as well."""
    return f"(no text; attached: {', '.join(attachments)})" if attachments else ""
