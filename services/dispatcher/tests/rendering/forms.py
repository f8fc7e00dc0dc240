"""A message in each of its forms, as text that people would read."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from dispatcher.channels.message import ChatMessage, RenderedMessage, Thread
from dispatcher.rendering.draft import parts_of, variables_of
from dispatcher.rendering.marks import stamp_of
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.reading import reading_for
from dispatcher.rendering.render import Renderer
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.cast import FIRST
from services.dispatcher.tests.rendering.story import reader_of

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.VOICE, Channel.SLACK, Channel.WEBHOOK)


def rendered(
    notice: Notice,
    channel: Channel = Channel.EMAIL,
    reader: Reader | None = None,
    thread: Thread = FIRST,
) -> RenderedMessage:
    """Fails the test where a template of ours fails, instead of falling back in silence."""
    renderer = Renderer(on_failure=lambda: pytest.fail("a template failed"))
    return renderer.render(notice, reader or reader_of(notice), channel, thread)


def text_of(notice: Notice, reader: Reader | None = None) -> str:
    return rendered(notice, Channel.EMAIL, reader).text


def preheader_of(message: RenderedMessage) -> str:
    found = re.search(r'<div class="preheader"[^>]*>(.*?)</div>', message.html or "", re.DOTALL)
    assert found is not None
    return html.unescape(found.group(1))


def words_of_html(message: RenderedMessage) -> list[str]:
    """The text of each block of the HTML part, tags taken out, references resolved."""
    body = (message.html or "").partition("<body")[2]
    blocks = re.split(r"</(?:div|td|p|li)>", body)
    plain = (html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", block)) for block in blocks)
    return [block.strip().removeprefix(">").strip() for block in plain if block.strip()]


def sms_of(notice: Notice, reader: Reader | None = None) -> str:
    return rendered(notice, Channel.SMS, reader).text


def call_of(notice: Notice, reader: Reader | None = None) -> str:
    return rendered(notice, Channel.VOICE, reader).text


def chat_of(notice: Notice) -> ChatMessage:
    chat = rendered(notice, Channel.SLACK).chat
    assert chat is not None
    return chat


def everything_said(notice: Notice, reader: Reader | None = None) -> list[str]:
    """Every piece of text a reader may see of this notice on any channel."""
    mail = rendered(notice, Channel.EMAIL, reader)
    chat = rendered(notice, Channel.SLACK, reader).chat
    hook = rendered(notice, Channel.WEBHOOK, reader).payload
    assert chat is not None
    assert hook is not None
    return [
        sms_of(notice, reader),
        call_of(notice, reader),
        mail.subject,
        mail.from_name,
        *mail.text.split("\n\n"),
        *words_of_html(mail),
        chat.header,
        chat.fallback,
        *(f"{field.label} {field.value}" for field in chat.fields),
        *filter(None, [chat.body, chat.foot]),
        *hook["data"]["text"].split("\n\n"),
    ]


def said_in_text(notice: Notice, reader: Reader) -> list[str]:
    """Every block once, and no HTML: a third of the work."""
    mail, chat = rendered(notice, Channel.APPRISE, reader), rendered(notice, Channel.SLACK, reader)
    assert chat.chat is not None
    reading = reading_for(notice, reader.locale, reader.timezone)
    variables = variables_of(
        notice, reading, stamp_of(reader, reading.language, notice.kind, Channel.EMAIL).shape
    )
    return [
        sms_of(notice, reader),
        call_of(notice, reader),
        parts_of(notice, reading, variables).fact(),
        *mail.text.split("\n\n"),
        chat.chat.header,
        *(f"{field.label} {field.value}" for field in chat.chat.fields),
        *filter(None, [chat.chat.body, chat.chat.foot]),
    ]


def chat_json(notice: Notice, reader: Reader) -> str:
    chat = rendered(notice, Channel.SLACK, reader).chat
    assert chat is not None
    document = asdict(chat)
    # Where it says no more than the body does, it is not repeated.
    return _json({name: document[name] for name in document if name != "markup" or chat.markup})


def webhook_json(notice: Notice, reader: Reader) -> str:
    return _json(rendered(notice, Channel.WEBHOOK, reader).payload)


def mail_with_head(notice: Notice, reader: Reader) -> str:
    message = rendered(notice, Channel.EMAIL, reader)
    head = (
        f"From: {message.from_name}\nSubject: {message.subject}\n"
        f"Preheader: {preheader_of(message)}\n"
    )
    return f"{head}\n{message.text}"


def mail_html(notice: Notice, reader: Reader) -> str:
    return rendered(notice, Channel.EMAIL, reader).html or ""


def sms_txt(notice: Notice, reader: Reader) -> str:
    return rendered(notice, Channel.SMS, reader).text + "\n"


def voice_txt(notice: Notice, reader: Reader) -> str:
    return rendered(notice, Channel.VOICE, reader).text + "\n"


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


FORMS = {
    "mail.txt": mail_with_head,
    "mail.html": mail_html,
    "sms.txt": sms_txt,
    "voice.txt": voice_txt,
    "chat.json": chat_json,
    "webhook.json": webhook_json,
}
