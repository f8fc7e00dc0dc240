"""A message made once for everyone who reads it alike, with marks where readers differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tocsin_contracts.words import Channel, Kind

from dispatcher.channels.message import (
    ChatField,
    ChatLink,
    ChatMessage,
    RenderedMessage,
    Thread,
)
from dispatcher.rendering.chat_text import chat_message
from dispatcher.rendering.frame import Parts
from dispatcher.rendering.kind_view import view_of
from dispatcher.rendering.last_resort import last_resort_subject, last_resort_text
from dispatcher.rendering.mail_text import mail_html, mail_text, one_way_text
from dispatcher.rendering.marks import Shape, Stamp, marks_of
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.own_words import OURS, OwnWords
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.sms import fitted
from dispatcher.rendering.sms_text import Remade, Ways, ways
from dispatcher.rendering.spoken import in_words
from dispatcher.rendering.subject import NEVER_THREADED, subject, with_reference
from dispatcher.rendering.templates import Variables
from dispatcher.rendering.voice_text import machine_text, voice_text
from dispatcher.rendering.webhook_text import event_type, webhook_payload, webhook_text

CHAT = frozenset({Channel.SLACK, Channel.TEAMS})


@dataclass(frozen=True)
class Draft:
    kind: Kind
    subject: str
    text: str
    from_name: str
    html: str | None = None
    chat: ChatMessage | None = None
    payload: dict[str, Any] | None = None
    sms: Ways | None = None
    locale: str = "en"
    short_text: str | None = None

    def stamped(self, stamp: Stamp, thread: Thread) -> RenderedMessage:
        alone = self.kind in NEVER_THREADED
        return RenderedMessage(
            kind=self.kind,
            subject=self.subject,
            text=fitted(self.sms, stamp) if self.sms else stamp.on_text(self.text),
            thread=replace(thread, root_id=None, subject=None) if alone else thread,
            from_name=self.from_name,
            html=stamp.on_html(self.html) if self.html else None,
            chat=_stamped_chat(self.chat, stamp) if self.chat else None,
            payload=stamp.on_document(self.payload) if self.payload else None,
            locale=self.locale,
            short_text=stamp.on_text(self.short_text) if self.short_text else None,
        )


def variables_of(notice: Notice, reading: Reading, shape: Shape) -> Variables:
    return Variables(_variables(notice, reading), {"reader": marks_of(shape)})


def _variables(notice: Notice, reading: Reading) -> dict[str, Any]:
    staff = notice.kind.for_staff
    view = view_of(notice, reading)
    pattern = reading.phrase("from_staff" if staff else "from_client")
    return {
        **view,
        "in_words": partial(in_words, reading.language),
        "plural": reading.language.plural,
        "number": reading.language.number,
        "region": reading.language.region,
        "zone_line": reading.times.zone_line(),
        "sender": pattern.format(provider=view["provider"]),
    }


def parts_of(notice: Notice, reading: Reading, variables: Variables, own: OwnWords = OURS) -> Parts:
    folder = reading.language.folder
    frame = "staff_frame" if notice.kind.for_staff else "frame"
    if notice.kind.of_no_outage:
        frame = "plain_frame"
    return Parts(
        kind=notice.kind,
        path=f"{folder}/{notice.kind.value}.j2",
        frame=f"{folder}/{frame}.j2",
        variables=variables,
        own=own,
    )


def draft(parts: Parts, notice: Notice, reading: Reading, channel: Channel) -> Draft:
    own = parts.own.subject(parts.variables)
    title = with_reference(own, notice, reading) if own else subject(notice, reading)
    made = Draft(
        kind=notice.kind,
        subject=title,
        text=_TEXTS.get(channel, mail_text)(parts),
        from_name=parts.variables["sender"],
        locale=reading.language.tag,
    )
    if channel is Channel.SMS:
        return replace(made, sms=ways(parts, notice, reading, _remade(parts)))
    if channel is Channel.VOICE:
        said = voice_text(parts, notice, reading)
        return replace(made, text=said, short_text=machine_text(parts, notice, reading))
    if channel is Channel.EMAIL:
        return replace(made, html=mail_html(parts, notice, reading, title))
    if channel in CHAT:
        return replace(made, chat=chat_message(parts, notice, reading))
    if channel is Channel.WEBHOOK:
        return replace(made, payload=webhook_payload(parts, notice, reading, title))
    return made


def _remade(parts: Parts) -> Remade:
    """The same reader's parts of a notice with shorter names."""

    def remade(notice: Notice, reading: Reading) -> Parts:
        reader = {"reader": parts.variables["reader"]}
        return replace(parts, variables=Variables(_variables(notice, reading), reader))

    return remade


def _nothing(_: Parts) -> str:
    return ""


_TEXTS = {
    Channel.WEBHOOK: webhook_text,
    Channel.APPRISE: one_way_text,
    Channel.SMS: _nothing,
    Channel.VOICE: _nothing,
}


def last_resort(notice: Notice, channel: Channel) -> Draft:
    title, text = last_resort_subject(notice), last_resort_text(notice)
    return Draft(
        kind=notice.kind,
        subject=title,
        text=text,
        from_name=notice.provider.name,
        chat=ChatMessage(header=title, fields=(), fallback=title, body=text)
        if channel in CHAT
        else None,
        payload=_plain_payload(notice, text) if channel is Channel.WEBHOOK else None,
    )


def _plain_payload(notice: Notice, text: str) -> dict[str, Any]:
    return {
        "type": event_type(notice),
        "timestamp": notice.at.isoformat(),
        "data": {"kind": notice.kind.value, "incident": {"ref": notice.ref}, "text": text},
    }


def _stamped_chat(chat: ChatMessage, stamp: Stamp) -> ChatMessage:
    return replace(
        chat,
        fields=tuple(ChatField(f.label, stamp.on_text(f.value)) for f in chat.fields),
        links=tuple(ChatLink(link.label, stamp.on_text(link.url)) for link in chat.links),
    )
