"""The chat form: a header that makes sense alone on a lock screen, up to three fields, links."""

from __future__ import annotations

from tocsin_contracts.words import Kind

from dispatcher.channels.message import ChatField, ChatMessage
from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.own_words import WHOLE
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich, shortened
from dispatcher.rendering.state_word import state_word

HEADER = 150
BODY = 2_800
BROADCAST = frozenset({Kind.RESOLVED, Kind.CLOSURE})


def chat_message(parts: Parts, notice: Notice, reading: Reading) -> ChatMessage:
    header = _header(parts, notice, reading)
    own = parts.own.block(WHOLE, parts.variables, html=False)
    fields = tuple(_fields(parts)) if own is None else ()
    message = _unsaid(parts, header, fields) if own is None else None
    late, markup = parts.line("chat_late"), _markup(message)
    return ChatMessage(
        header=header,
        fields=fields,
        fallback=_fallback(header, fields, state_word(notice, reading)),
        body=_beginning(late, _body(message, own)),
        markup=_beginning(late, markup) if markup else None,
        links=parts.links(),
        foot=" ".join(parts.own_or_frame("chat_foot")) or None,
        broadcast=notice.kind in BROADCAST,
    )


def _header(parts: Parts, notice: Notice, reading: Reading) -> str:
    header = " ".join(parts.of_kind("header"))
    if notice.drill:
        header = reading.phrase("drill").format(header=header)
    return shortened(header, HEADER)


def _fields(parts: Parts) -> list[ChatField]:
    pairs = (line.partition(" | ") for line in parts.of_kind("fields"))
    return [ChatField(label.strip(), value.strip()) for label, _, value in pairs if value.strip()]


def _unsaid(parts: Parts, header: str, fields: tuple[ChatField, ...]) -> Rich | None:
    """What a person wrote, where no other part could hold it."""
    message: Rich | None = parts.variables.get("message")
    shown = [header, *(field.value for field in fields)]
    if message is None or any(message.line.rstrip(".") in part for part in shown):
        return None
    return message


def _beginning(late: str, said: str | None) -> str | None:
    """A late word begins by saying so."""
    return "\n\n".join(filter(None, (late, said))) or None


def _body(message: Rich | None, own: list[str] | None) -> str | None:
    said = message.text if message else "\n\n".join(own or ())
    return shortened(said, BODY) or None


def _markup(message: Rich | None) -> str | None:
    """Where there is any, and only whole: a mark cut in two would show."""
    if message is None or message.mrkdwn == message.text or len(message.mrkdwn) > BODY:
        return None
    return message.mrkdwn


def _fallback(header: str, fields: tuple[ChatField, ...], word: str | None) -> str:
    """State word first, and not twice where the header begins with the same word."""
    stop = "" if header.endswith(("?", "!", "…")) else "."
    first = f"{stop} {fields[0].label}: {fields[0].value}" if fields else ""
    said = f"{header.rstrip('.')}{first}"
    if word is None:
        return said
    if said.casefold().startswith(word.casefold()):
        said = said[len(word) :].lstrip(" ,:\u00a0")
    return f"{word}: {said}"
