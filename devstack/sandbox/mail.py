"""MIME in, a readable message out."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import datetime
from email.message import EmailMessage

from devstack.sandbox.messages import Content, Message

_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(\S+)", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def received_mail(sender: str, to: list[str], raw: bytes, now: datetime) -> Message:
    return Message(
        channel="email",
        to=to,
        sender=sender,
        raw=raw,
        received_at=now,
        read=read_mail,
        facts={"message_id": header_of(raw, _MESSAGE_ID)},
    )


def subject_of(raw: bytes) -> str | None:
    """The first line of the subject as it stands on the wire: cheap, for the journal."""
    return header_of(raw, _SUBJECT)


def header_of(raw: bytes, pattern: re.Pattern[bytes]) -> str | None:
    end = raw.find(b"\r\n\r\n")
    found = pattern.search(raw, 0, end if end >= 0 else len(raw))
    return found.group(1).decode(errors="replace") if found else None


def read_mail(message: Message) -> Content:
    mail = email.message_from_bytes(message.raw, policy=email.policy.default)
    return Content(
        subject=mail["Subject"],
        text=_part(mail, "plain") or "",
        html=_part(mail, "html"),
        headers={name: str(value) for name, value in mail.items()},
        thread=_thread(mail),
    )


def _part(mail: EmailMessage, kind: str) -> str | None:
    part = mail.get_body((kind,))
    if part is None:
        return None
    content = part.get_content()
    return content.replace("\r\n", "\n") if isinstance(content, str) else None


def _thread(mail: EmailMessage) -> str | None:
    """The root of the conversation (RFC 5322, 3.6.4): References' first, else its own id."""
    references = str(mail.get("References") or mail.get("In-Reply-To") or "").split()
    own = mail.get("Message-ID")
    return references[0] if references else (str(own).strip() if own else None)
