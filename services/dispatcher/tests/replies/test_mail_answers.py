"""What people write back, told from what machines do."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from dispatcher.replies.inbound import Inbound
from dispatcher.replies.mail_html import LONGEST, text_of_html
from dispatcher.replies.mail_sorting import Envelope, Leave, sort
from tocsin_contracts.words import Channel

from services.dispatcher.tests.replies.mails import (
    DELIVERY,
    MESSAGE_ID,
    OTHER,
    OURS,
    REPLY_TO,
    mail,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FROM_JO = Envelope("jo@acme.example", (REPLY_TO,))


def _answer(raw: bytes, envelope: Envelope = FROM_JO) -> Inbound:
    found = sort(raw, envelope, OURS, NOW)
    assert isinstance(found, Inbound), found
    return found


def test_a_reply_names_its_delivery_by_the_address_it_came_to() -> None:
    answer = _answer(mail())

    assert answer.channel is Channel.EMAIL
    assert answer.sender == "jo@acme.example"
    assert answer.text == "When does it come back?"
    assert answer.delivery_ids == (DELIVERY,)
    assert answer.id == "<reply-1@acme.example>"
    assert answer.subject == "Re: Mail EU: disruption [INC-2041]"


def test_a_reply_to_the_desk_names_it_by_what_it_quotes() -> None:
    raw = mail(
        f"In-Reply-To: <{OTHER}@nordwind.example>",
        f"References: {MESSAGE_ID} <{OTHER}@nordwind.example>",
    ).replace(REPLY_TO.encode(), b"desk@nordwind.example")

    answer = _answer(raw, Envelope("jo@acme.example", ("desk@nordwind.example",)))

    assert answer.delivery_ids == (OTHER, DELIVERY)


def test_a_stranger_names_nothing_and_is_heard() -> None:
    raw = mail(sender="eve@elsewhere.example").replace(REPLY_TO.encode(), b"desk@nordwind.example")

    answer = _answer(raw, Envelope("eve@elsewhere.example", ("desk@nordwind.example",)))

    assert answer.delivery_ids == ()
    assert answer.sender == "eve@elsewhere.example"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "Auto-Submitted: AUTO-REPLIED; owner-email=jo@acme.example",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "List-Id: <all.acme.example>",
    ],
)
def test_what_a_machine_wrote_is_left(header: str) -> None:
    assert isinstance(sort(mail(header), FROM_JO, OURS, NOW), Leave)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Mail EU",
        "Out of Office: Mail EU",
        "Automatische Antwort: Mail EU",
        "=?utf-8?q?R=C3=A9ponse_automatique?= : Mail EU",
        "Respuesta =?utf-8?q?autom=C3=A1tica?=: Mail EU",
    ],
)
def test_an_absence_notice_that_says_so_in_its_subject_alone_is_left(subject: str) -> None:
    raw = mail().replace(b"Re: Mail EU: disruption [INC-2041]", subject.encode())

    assert isinstance(sort(raw, FROM_JO, OURS, NOW), Leave)


def test_the_null_sender_is_never_a_person() -> None:
    assert isinstance(sort(mail(), Envelope("", (REPLY_TO,)), OURS, NOW), Leave)


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "X-Auto-Response-Suppress: OOF"])
def test_what_companies_add_to_peoples_mail_makes_it_no_machines(header: str) -> None:
    assert _answer(mail(header)).text == "When does it come back?"


def test_our_own_mail_that_comes_back_is_left() -> None:
    raw = mail(sender="Nordwind <desk@nordwind.example>")

    assert isinstance(sort(raw, FROM_JO, OURS, NOW), Leave)
    assert isinstance(sort(mail(sender=REPLY_TO), FROM_JO, OURS, NOW), Leave)


def test_a_mail_in_circles_is_left() -> None:
    raw = mail(*["Received: from a by b"] * 60)

    assert isinstance(sort(raw, FROM_JO, OURS, NOW), Leave)


GMAIL = """Thanks. Does this affect our Munich office too?

On Tue, Nov 24, 2026 at 10:02 AM Nordwind <desk@nordwind.example> wrote:

> INVESTIGATING
> Mail EU is down.
"""
OUTLOOK_DE = """Betrifft das auch München?

Mit freundlichen Grüßen
Jo Frei

________________________________
Von: Nordwind <desk@nordwind.example>
Gesendet: Dienstag, 24. November 2026 10:02
An: Jo Frei <jo@acme.example>
Betreff: Mail EU: Störung [INC-2041]

Mail EU ist ausgefallen.
"""
APPLE_FR = """Merci. Et le bureau de Lyon ?

> Le 24 nov. 2026 à 10:02, Nordwind <desk@nordwind.example> a écrit :
>
> Mail EU est en panne.
"""
BELOW = """On Tue, Nov 24, 2026 at 10:02 AM Nordwind <desk@nordwind.example> wrote:
> Mail EU is down.
> We work on it.

Is Munich affected?
"""
BETWEEN = """> Mail EU is down.
Since when?
> We work on it.
"""


@pytest.mark.parametrize(
    ("body", "written"),
    [
        (GMAIL, "Thanks. Does this affect our Munich office too?"),
        (OUTLOOK_DE, "Betrifft das auch München?"),
        (APPLE_FR, "Merci. Et le bureau de Lyon ?"),
        (BELOW, "Is Munich affected?"),
        (BETWEEN, "Since when?"),
        ("1", "1"),
        ("1\n\n-- \nJo Frei\nACME GmbH", "1"),
        ("OK\n\nSent from my iPhone", "OK"),
    ],
)
def test_only_what_was_written_is_kept(body: str, written: str) -> None:
    raw = mail("Content-Type: text/plain; charset=utf-8", body=body)

    assert _answer(raw).text == written


HTML = """<html><head><style>p {color: red}</style></head><body>
<p>Is&nbsp;Munich affected?</p><div>Please <b>call</b>.</div>
<div class="gmail_quote">On Tue wrote:<blockquote>Mail EU is down.</blockquote></div>
</body></html>"""


def test_a_reply_that_has_only_html_is_read() -> None:
    raw = mail("Content-Type: text/html; charset=utf-8", body=HTML)

    assert _answer(raw).text == "Is Munich affected?\n\nPlease call."


def _with_attachment(text: str, name: str, data: bytes) -> bytes:
    encoded = base64.encodebytes(data).decode()
    body = (
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\n"
        f'Content-Type: image/png; name="x.png"\n'
        f"Content-Disposition: attachment; filename={name}\n"
        f"Content-Transfer-Encoding: base64\n\n{encoded}\n--b--\n"
    )
    return mail("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', body=body)


def test_what_hangs_on_it_is_named_and_not_kept() -> None:
    answer = _answer(_with_attachment("See this.", '"..\\\\..\\\\error one.png"', b"x" * 2_000_000))

    assert answer.text == "See this."
    assert answer.attachments == ("error one.png",)


def test_a_screenshot_without_a_word_is_an_answer() -> None:
    answer = _answer(_with_attachment("", '"error.png"', b"x"))

    assert answer.text == "(no text; attached: error.png)"


def test_a_header_that_holds_another_stays_one_line() -> None:
    raw = mail().replace(
        b"Re: Mail EU: disruption [INC-2041]", b"=?utf-8?q?Re=0D=0ABcc:_eve=40evil.example?="
    )

    subject = _answer(raw).subject or ""
    assert "\n" not in subject
    assert "\r" not in subject


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: jo@acme.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: jo@acme.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nhello",
        b"From: jo@acme.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"From: =?bogus?x?y?= <jo@acme.example>\r\nSubject: =?utf-8?b?!!?=\r\n\r\nhello",
        b"From: jo@acme.example\r\nSubject: \xff\xfe\r\n\r\nhello",
    ],
)
def test_a_broken_mail_breaks_nothing(raw: bytes) -> None:
    assert isinstance(sort(raw, FROM_JO, OURS, NOW), Inbound | Leave)


def test_parts_within_parts_without_end_are_not_followed() -> None:
    depth = 3000
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    raw = b"From: jo@acme.example\r\nMIME-Version: 1.0\r\n" + opening.encode() + b"\r\nhello"

    assert isinstance(sort(raw, FROM_JO, OURS, NOW), Inbound)


def test_what_an_html_mail_shows_is_read_without_comments_conditions_and_styles() -> None:
    html = "<p>Back <!--[if mso]>x<![endif]--><![if !mso]>up<![endif]><style>p{}</style> now?</p>"

    assert text_of_html(html) == "Back up now?"


@pytest.mark.parametrize("piece", ["<!--", "<![", "<!", "<style", "<a ", "<script>", "&"])
def test_hostile_html_is_read_in_part(piece: str) -> None:
    """Half a megabyte of it would keep the parser busy for a minute."""
    said = text_of_html("<p>Is it back?</p>" + piece * 80_000 + "</p>")

    assert said.startswith("Is it back?")
    assert len(said) <= LONGEST
