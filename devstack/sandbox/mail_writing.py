"""What comes back for a mail: a reply as a mail program writes it, and what mail servers report.

RFC 5322 (replies: In-Reply-To, References), RFC 3834 (absence notices), RFC 3464 (delivery status),
RFC 5965 (complaints).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage, Message
from email.utils import format_datetime, make_msgid


@dataclass(frozen=True)
class Original:
    """The mail that is answered. ``return_path`` is where reports about it go."""

    headers: dict[str, str]
    text: str
    return_path: str
    recipient: str

    @property
    def answers_to(self) -> str:
        return self.headers.get("Reply-To") or self.headers["From"]


@dataclass(frozen=True)
class Written:
    """A mail to hand over; ``sender`` empty is the null sender."""

    mail: Message
    sender: str
    recipient: str


def reply(
    to: Original, text: str, now: datetime, *, by: str | None = None, attachment: str | None = None
) -> Written:
    """Above what it answers, quoted."""
    sender = by or to.recipient
    mail = _answer(to, sender, now)
    quoted = "\n".join(f"> {line}" for line in to.text.splitlines())
    mail.set_content(
        f"{text}\n\nOn {to.headers.get('Date', '')} {to.answers_to} wrote:\n{quoted}\n"
    )
    if attachment is not None:
        mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename=attachment)
    return Written(mail, sender, _address(to.answers_to))


def absence_notice(to: Original, now: datetime) -> Written:
    """RFC 3834, 3.1 and 4: to the return path, from nobody, and it says what it is."""
    mail = _answer(to, to.recipient, now)
    mail.replace_header("Subject", f"Automatic reply: {to.headers.get('Subject', '')}")
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am out of the office until Monday.\n")
    return Written(mail, "", to.return_path)


def delivery_status(to: Original, action: str, status: str, words: str, now: datetime) -> Written:
    """RFC 3464, 2: for the mail, for its recipient, and the mail's headers."""
    fields = (
        f"Reporting-MTA: dns; sandbox.tocsin.test\n\nFinal-Recipient: rfc822; {to.recipient}\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n"
    )
    note = f"Your message to {to.recipient}: {action}.\n{words}\n"
    kind = "delivery-status"
    return _report(to, kind, note, fields, now, subject="Undelivered Mail Returned to Sender")


def complaint(to: Original, now: datetime) -> Written:
    fields = (
        "Feedback-Type: abuse\nUser-Agent: Sandbox/1.0\nVersion: 1\n"
        f"Original-Mail-From: <{to.return_path}>\nOriginal-Rcpt-To: <{to.recipient}>\n"
    )
    note = "This is an email abuse report.\n"
    return _report(to, "feedback-report", note, fields, now, subject="FW: abuse report")


def _report(
    to: Original, kind: str, note: str, fields: str, now: datetime, *, subject: str
) -> Written:
    mail = EmailMessage()
    mail["From"] = "Mail Delivery System <MAILER-DAEMON@sandbox.tocsin.test>"
    mail["To"] = to.return_path
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain="sandbox.tocsin.test")
    mail["Auto-Submitted"] = "auto-replied"
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/report; report-type={kind}; boundary="=_report"'
    headers = "".join(f"{name}: {_as_sent(value)}\n" for name, value in to.headers.items())
    parts = (("text/plain", note), (f"message/{kind}", fields), ("text/rfc822-headers", headers))
    body = "".join(f"--=_report\nContent-Type: {name}\n\n{text}\n" for name, text in parts)
    # Addresses may be in any script (RFC 6532); the library wants the bytes in this form.
    mail.set_payload(f"{body}--=_report--\n".encode().decode("ascii", "surrogateescape"))
    return Written(mail, "", to.return_path)


def _as_sent(value: str) -> str:
    """A header's value on one line, as it went over the wire (RFC 2047)."""
    line = " ".join(value.split())
    return line if line.isascii() else Header(line, "utf-8", maxlinelen=10_000).encode()


def _answer(to: Original, sender: str, now: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to.answers_to
    mail["Subject"] = f"Re: {to.headers.get('Subject', '').removeprefix('Re: ')}"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    own = to.headers.get("Message-ID", "")
    mail["In-Reply-To"] = own
    mail["References"] = f"{to.headers.get('References', '')} {own}".strip()
    return mail


def _address(text: str) -> str:
    return text.rpartition("<")[2].rstrip("> ") if "<" in text else text.strip()
