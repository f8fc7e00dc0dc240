"""An invitation inside a mail, as a mail program takes it apart."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from dispatcher.channels.mime import mail
from dispatcher.channels.port import CalendarPart, Destination, RenderedMessage, Thread
from tocsin_contracts.words import Channel, Kind

NOW = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
TEXT = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:{}\r\nEND:VCALENDAR\r\n"


def parsed(*, summary: str = "Mail EU", html: str | None = "<p>Planned.</p>") -> EmailMessage:
    message = RenderedMessage(
        kind=Kind.MAINTENANCE_ANNOUNCED,
        subject="Mail EU: planned maintenance [MNT-318]",
        text="Planned.\n",
        html=html,
        thread=Thread("<1@nordlicht.example>"),
        from_name="Nordlicht IT",
        calendar=CalendarPart("REQUEST", TEXT.format(summary)),
    )
    to = Destination(Channel.EMAIL, "jo@acme.example", name="Jo Frei")
    raw = mail(message, to, sender="status@nordlicht.example", now=NOW).as_bytes()
    return message_from_bytes(raw, policy=default)


def shape(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_it_is_one_more_form_of_the_text_and_a_file_beside_it() -> None:
    assert shape(parsed()) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert shape(parsed(html=None))[1:4] == ["multipart/alternative", "text/plain", "text/calendar"]


def test_the_part_names_the_method_that_its_text_has() -> None:
    (part,) = [p for p in parsed().walk() if p.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    assert part.get_content().replace("\r\n", "\n") == (
        TEXT.format("Mail EU").replace("\r\n", "\n")
    )


def test_the_file_has_a_name_and_the_same_lines_to_the_byte() -> None:
    for summary in ("Mail EU", "Postfächer: Wartung, Phase 2"):
        (part,) = parsed(summary=summary).iter_attachments()
        assert part.get_filename() == "invite.ics"
        assert part.get_payload(decode=True) == TEXT.format(summary).encode()


def test_the_mail_reads_as_before_for_who_shows_no_invitations() -> None:
    message = parsed()
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Planned."
    assert message["Subject"] == "Mail EU: planned maintenance [MNT-318]"
