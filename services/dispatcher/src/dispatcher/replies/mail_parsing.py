"""A mail's bytes as its parts and headers. Whatever somebody sends can be read, or is left out.

By the standard library's older policy: the newer one parses each header by grammar, and what it
does with hostile ones depends on the version.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

MOST_PARTS = 200
LONGEST_HEADER = 2000
MOST_OF_HEADERS = 256 * 1024
LONGEST_PART = 512 * 1024
"""Characters of a text part that are looked at; people write less."""

_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]+")
_ID = re.compile(r"<[^<>\s]{1,250}>")


def parsed(raw: bytes) -> Message:
    """Never raises: of what has parts within parts without end only the headers are read."""
    try:
        return email.message_from_bytes(raw)
    except (RecursionError, HeaderParseError, ValueError, TypeError, AssertionError):
        return email.message_from_bytes(headers_alone(raw))


def headers_alone(raw: bytes) -> bytes:
    """The headers of a mail whose body nothing can read, without what says how."""
    head = BytesHeaderParser().parsebytes(raw[:MOST_OF_HEADERS])
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del head[name]
    head.set_payload("")
    return head.as_bytes()


def header(mail: Message, name: str) -> str:
    """One line, decoded; empty where there is none."""
    value = mail.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value)[:LONGEST_HEADER])))
    except (HeaderParseError, LookupError, ValueError):
        text = str(value)[:LONGEST_HEADER]
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).strip()


def sender_of(mail: Message) -> str:
    """The first address of From, in lower case; empty where there is none."""
    return next(iter(addresses(mail, "From")), "")


def addresses(mail: Message, *names: str) -> list[str]:
    values = [str(value)[:LONGEST_HEADER] for name in names for value in mail.get_all(name, [])]
    found = (address.strip().lower() for _, address in getaddresses(values[:20]))
    return [address for address in found if "@" in address]


def ids(mail: Message, *names: str) -> list[str]:
    """The Message-IDs in these headers, in their order."""
    values = (str(value)[:20_000] for name in names for value in mail.get_all(name, []))
    return [found for value in values for found in _ID.findall(value)]


def parts(mail: Message) -> Iterator[Message]:
    """Every part that has no parts, the first :data:`MOST_PARTS`; what is inside a forwarded mail
    is that mail's, so that it counts as one."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and not is_report_of(part):
            waiting += reversed([one for one in inner if isinstance(one, Message)])
            continue
        seen += 1
        yield part


def is_report_of(part: Message) -> bool:
    """Whether it is a mail inside a mail, or a report about one."""
    return part.get_content_maintype() == "message"


def text_of(part: Message) -> str:
    """A text part's words, whatever its charset claims."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else str(part.get_payload()).encode()
    data = data[: LONGEST_PART * 4]
    charset = (part.get_content_charset() or "utf-8").strip()
    try:
        text = data.decode(charset, "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\x00", "")[:LONGEST_PART]
