"""A rendered message as one mail to one recipient."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime, formataddr

from dispatcher.channels.mail_thread import thread_headers
from dispatcher.channels.port import CalendarPart, Destination, RenderedMessage

LONGEST_LINE = 998
"""RFC 5321 4.5.3.1.6, without CR LF."""

POLICY = policy.compat32.clone(linesep="\r\n", mangle_from_=False)

_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]+@[^\s@<>\"(),:;\\\x00-\x1f\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def address_problem(address: str) -> str | None:
    """Why an address cannot be mailed; the mail library itself lets CR and LF through."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        return "this is not a valid email address"
    return None


def needs_utf8(address: str) -> bool:
    """Whether only mail servers with SMTPUTF8 (RFC 6531) can carry it: letters before the @."""
    return not address.isascii()


def wire_address(address: str) -> str:
    """As mail servers know it: ``jo@müller.example`` is ``jo@xn--mller-kva.example`` to them."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def message_id(delivery_id: str, sender: str) -> str:
    """The stable id of one delivery's mail, angle brackets included."""
    return f"<{delivery_id}@{_domain(sender)}>"


def list_id(incident_ref: str, sender: str) -> str:
    """One list an incident, so that readers can file by it (RFC 2919)."""
    return f"<{incident_ref.lower()}.tocsin.{_domain(sender)}>"


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2] or "localhost"


def mail(message: RenderedMessage, to: Destination, *, sender: str, now: datetime) -> Message:
    """A new object for each recipient, so that nobody's address can reach another's mail.

    Of the library's plain kind: the newer ``EmailMessage`` parses each header it is given, which
    takes four times as long, and here every header is made from checked parts.
    """
    subject = _clean(message.thread.subject or message.subject)
    made = _body(message)
    made["From"] = formataddr((_clean(message.from_name), sender))
    made["To"] = _recipient(to)
    if message.reply_to is not None:
        made["Reply-To"] = formataddr((_clean(message.from_name), message.reply_to))
    made["Subject"] = _encoded("Subject", subject)
    made["Date"] = format_datetime(now)
    for name, value in (
        *thread_headers(message.thread, subject, now),
        *_automatic(),
        *_unsubscribing(message.unsubscribe_url),
        *message.headers,
    ):
        made[name] = _encoded(name, _clean(value))
    return made


def _recipient(to: Destination) -> str:
    name = _clean(to.name or "")
    if not needs_utf8(to.address):
        return formataddr((name, to.address))
    # RFC 6532: the address goes as the UTF-8 it is; the library would encode it into none.
    before, _, after = formataddr((name, "a@a")).rpartition("a@a")
    return f"{before}{to.address}{after}".encode().decode("ascii", "surrogateescape")


def _automatic() -> list[tuple[str, str]]:
    """Keeps out-of-office answers from coming back (RFC 3834, and what Exchange goes by)."""
    return [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]


def _unsubscribing(url: str | None) -> list[tuple[str, str]]:
    """RFC 8058: a mail program posts this pair to the address, and nothing else."""
    if url is None:
        return []
    return [
        ("List-Unsubscribe", f"<{url}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _body(message: RenderedMessage) -> Message:
    if message.calendar is None:
        return _text(message, ())
    made = _multipart("mixed")
    made.attach(_text(message, [_invitation(message.calendar)]))
    made.attach(_attached(message.calendar))
    return made


def _text(message: RenderedMessage, further: Sequence[Message]) -> Message:
    """The same words in every form a reader's program may prefer, the richest last."""
    if message.html is None and not further:
        return _part(message.text, "plain")
    made = _multipart("alternative")
    made.attach(_part(message.text, "plain"))
    if message.html is not None:
        # ASCII with character references needs no transfer encoding.
        html = message.html.encode("ascii", "xmlcharrefreplace").decode("ascii")
        made.attach(_part(html, "html"))
    for part in further:
        made.attach(part)
    return made


def _invitation(calendar: CalendarPart) -> Message:
    """What calendars act on: the parameter names the method that the text has (RFC 6047, 2.4)."""
    return _part(calendar.text.replace("\r\n", "\n"), f"calendar; method={calendar.method}")


def _attached(calendar: CalendarPart) -> Message:
    """The same as a file, for programs that show no invitations."""
    made = _invitation(calendar)
    made.replace_header("Content-Type", 'application/ics; name="invite.ics"')
    made["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return made


def _multipart(kind: str) -> MIMEMultipart:
    # Unguessable, so no text can contain it; the library would search the text for its own.
    return MIMEMultipart(kind, f"=_{secrets.token_hex(12)}", policy=POLICY)


def _part(body: str, subtype: str) -> Message:
    made = Message(policy=POLICY)
    made["MIME-Version"] = "1.0"
    made["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    plain = body.isascii() and all(len(line) <= LONGEST_LINE for line in body.split("\n"))
    made["Content-Transfer-Encoding"] = "7bit" if plain else "base64"
    made.set_payload(body if plain else _base64(body))
    return made


def _base64(body: str) -> str:
    """RFC 2045 6.8: text is canonical, with CR LF, before it is encoded."""
    return base64.encodebytes(body.replace("\n", "\r\n").encode()).decode("ascii")


def _encoded(name: str, value: str) -> str:
    """With room for the header's name, or the first line would be folded empty, and some readers
    would show the subject with a space before it."""
    return value if value.isascii() else Header(value, "utf-8", header_name=name).encode()


def _clean(value: str) -> str:
    return _CONTROL.sub(" ", value).strip()
