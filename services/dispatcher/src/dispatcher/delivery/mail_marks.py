"""What only mail carries for one reader: where it comes back to, and how to have less of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin_contracts.words import Channel, Kind

from dispatcher.channels.mail_addresses import MailAddresses
from dispatcher.channels.message import RenderedMessage
from dispatcher.delivery.model import Claimed
from dispatcher.links.unsubscribing import Leaving, Unsubscribing
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import language_for

NO_CHOICE = frozenset({Kind.CONFIRM_DESTINATION, Kind.TEST})
"""They are sent because a person asked for this very mail."""


@dataclass(frozen=True)
class MailMarks:
    """``unsubscribing`` ``None``: no key is set, and mail carries no such link."""

    addresses: MailAddresses
    unsubscribing: Unsubscribing | None

    def link(self, row: Claimed, notice: Notice) -> str | None:
        """A client's reader may have less; staff are called because it is their work."""
        if self.unsubscribing is None or row.channel is not Channel.EMAIL:
            return None
        if row.client_key is None or row.kind.for_staff or row.kind in NO_CHOICE:
            return None
        leaving = Leaving(
            client_key=row.client_key,
            person=row.person,
            channel=row.channel,
            delivery_id=row.id,
            incident_id=row.incident_id,
            locale=language_for(notice, row.reader.locale).tag,
        )
        return self.unsubscribing.link(leaving)

    def on(self, message: RenderedMessage, row: Claimed, link: str | None) -> RenderedMessage:
        if row.channel is not Channel.EMAIL:
            return message
        return replace(
            message,
            unsubscribe_url=link,
            return_path=self.addresses.return_path(row.id),
            reply_to=self.addresses.reply_to(row.id),
        )

    def of_nobody(self) -> MailMarks:
        """For a preview: its links look the same and do nothing."""
        links = self.unsubscribing
        return replace(self, unsubscribing=links and links.of_nobody())
