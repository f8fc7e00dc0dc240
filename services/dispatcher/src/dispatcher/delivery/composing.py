"""A row as the message that its reader gets: where to, which conversation, which links, which text.

What is sent and what a preview shows are composed here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin_contracts.words import Channel

from dispatcher.channels import mime
from dispatcher.channels.message import RenderedMessage, Thread
from dispatcher.channels.port import Destination
from dispatcher.delivery.answers import answers_of, dial_of
from dispatcher.delivery.inviting import with_invitation
from dispatcher.delivery.mail_marks import MailMarks
from dispatcher.delivery.model import Claimed
from dispatcher.delivery.reader_links import links_for
from dispatcher.directory.addresses import Seal, destination, label_of
from dispatcher.links.short import Shortener, ShortLink
from dispatcher.links.tokens import LinkMaker
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.render import Renderer
from dispatcher.rendering.waited import as_of


@dataclass(frozen=True)
class Composed:
    """``thread`` is the conversation's key; it differs from the row's where the address changed.
    ``short`` are the short links in it, to be kept before it goes."""

    message: RenderedMessage
    to: Destination
    thread: str
    short: tuple[ShortLink, ...] = ()


@dataclass(frozen=True)
class Composer:
    """``links`` ``None``: no key is set, and calls to staff carry no link. ``mail`` ``None``: what
    comes back by mail goes to the sender. ``short`` ``None``: text messages carry long links."""

    renderer: Renderer
    seal: Seal
    links: LinkMaker | None
    mail_from: str
    mail: MailMarks | None = None
    short: Shortener | None = None

    def of_nobody(self) -> Composer:
        """For a preview: every link looks the same and opens nothing."""
        return replace(
            self,
            renderer=Renderer(),
            links=self.links and self.links.of_nobody(),
            mail=self.mail and self.mail.of_nobody(),
            short=self.short and self.short.of_nobody(),
        )

    def destination(self, row: Claimed) -> Destination | str:
        """Where it goes now, or why nowhere. Raises :class:`SealBroken`."""
        if row.addresses is None:
            return "the address was removed meanwhile"
        to = destination(row.addresses, row.channel, self.seal, row.reader.name)
        return to or f"no {row.channel.value} address any more"

    def compose(self, row: Claimed, notice: Notice, to: Destination, now: datetime) -> Composed:
        key, thread = self._thread(row, notice, to)
        leave = self.mail.link(row, notice) if self.mail else None
        short = self._short(row, notice)
        reader = self._reader(row, notice, now, leave, short)
        message = self.renderer.render(as_of(notice, now), reader, row.channel, thread)
        message = with_invitation(message, notice, row.reader, to, self.mail_from)
        message = _answerable(message, row, notice)
        message = self.mail.on(message, row, leave) if self.mail else message
        return Composed(message, to, key, tuple(short.values()))

    def _thread(self, row: Claimed, notice: Notice, to: Destination) -> tuple[str, Thread]:
        """The conversation's key and state; a changed address begins a new one."""
        label = label_of(to)
        moved = label != row.destination
        is_mail = row.channel is Channel.EMAIL
        return f"{row.thread.rpartition('/')[0]}/{label}", Thread(
            message_id=mime.message_id(row.id, self.mail_from) if is_mail else row.id,
            root_id=None if moved else row.root_id,
            list_id=mime.list_id(notice.ref or "tocsin", self.mail_from) if is_mail else None,
            subject=None if moved else row.subject,
        )

    def _short(self, row: Claimed, notice: Notice) -> dict[str, ShortLink]:
        """Of a text message, by field of the reader."""
        if self.links is None or self.short is None or row.channel is not Channel.SMS:
            return {}
        wanted = links_for(row, notice).items()
        return {field: self.short.shorten(link) for field, link in wanted}

    def _reader(
        self,
        row: Claimed,
        notice: Notice,
        now: datetime,
        leave: str | None,
        short: Mapping[str, ShortLink],
    ) -> Reader:
        links = {"preferences_link": leave} if leave else {}
        links |= {field: one.url for field, one in short.items()}
        if self.links is not None and not short:
            wanted = links_for(row, notice).items()
            links |= {field: self.links.make(one, now) for field, one in wanted}
        return row.reader.model_copy(update=links) if links else row.reader


def _answerable(message: RenderedMessage, row: Claimed, notice: Notice) -> RenderedMessage:
    decides = row.gated.step is not None
    return replace(
        message,
        answers=answers_of(message.kind, row.channel, decides=decides),
        dial=dial_of(notice),
    )
