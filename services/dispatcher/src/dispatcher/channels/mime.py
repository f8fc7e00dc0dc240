"""A rendered message as one mail to one recipient."""

from __future__ import annotations

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from dispatcher.channels.port import Destination, RenderedMessage

LONGEST_LINE = 998
"""RFC 5321 4.5.3.1.6, without CR LF."""

_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]+@[^\s@<>\"(),:;\\\x00-\x1f\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def address_problem(address: str) -> str | None:
    """Why an address cannot be mailed; the mail library itself lets CR and LF through."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        return "this is not a valid email address"
    if not address.isascii():
        return "the email address has letters that many mail servers refuse"
    return None


def message_id(delivery_id: str, sender: str) -> str:
    """The stable id of one delivery's mail, angle brackets included."""
    return f"<{delivery_id}@{_domain(sender)}>"


def list_id(incident_ref: str, sender: str) -> str:
    """One list an incident, so that readers can file by it (RFC 2919)."""
    return f"<{incident_ref.lower()}.tocsin.{_domain(sender)}>"


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2] or "localhost"


def mail(message: RenderedMessage, to: Destination, *, sender: str, now: datetime) -> EmailMessage:
    """A new object for each recipient, so that nobody's address can reach another's mail."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"] = Address(display_name=_clean(message.from_name), addr_spec=sender)
    made["To"] = Address(display_name=_clean(to.name or ""), addr_spec=to.address)
    made["Subject"] = _clean(message.thread.subject or message.subject)
    made["Date"] = format_datetime(now)
    for name, value in thread_headers(message):
        made[name] = value
    for name, value in message.headers:
        made[name] = _clean(value)
    _set_body(made, message)
    return made


def thread_headers(message: RenderedMessage) -> list[tuple[str, str]]:
    """``Auto-Submitted`` keeps out-of-office answers from coming back (RFC 3834)."""
    thread = message.thread
    headers = [("Message-ID", thread.message_id)]
    if thread.root_id is not None:
        headers += [("In-Reply-To", thread.root_id), ("References", thread.root_id)]
    if thread.list_id is not None:
        headers.append(("List-Id", thread.list_id))
    return [
        *headers,
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]


def _set_body(made: EmailMessage, message: RenderedMessage) -> None:
    made.set_content(message.text, cte=_encoding(message.text))
    if message.html is not None:
        # ASCII with character references needs no transfer encoding, which costs a millisecond.
        html = message.html.encode("ascii", "xmlcharrefreplace").decode("ascii")
        made.add_alternative(html, subtype="html", cte=_encoding(html))


def _encoding(body: str) -> str:
    short = all(len(line) <= LONGEST_LINE for line in body.splitlines())
    return "7bit" if short and body.isascii() else "quoted-printable"


def _clean(value: str) -> str:
    return _CONTROL.sub(" ", value).strip()
