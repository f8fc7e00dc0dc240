"""The headers by which mail programs put mails together: one thread an incident and client.

Apple Mail follows References (RFC 5322, 3.6.4); Gmail wants the same subject besides; Outlook and
Exchange go by Thread-Index (MS-OXOMSG 2.2.1.3, PidTagConversationIndex) and Thread-Topic.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from uuid import UUID

from dispatcher.channels.message import Thread

FILETIME_OF_1970 = 116_444_736_000_000_000
"""In the 100-nanosecond steps since 1601 that Windows counts in."""
_SHORT_SPAN = 0x00FE_0000_0000_0000
_ID = re.compile(r"<([0-9a-f-]{36})@")


def thread_headers(thread: Thread, subject: str, now: datetime) -> list[tuple[str, str]]:
    headers = [("Message-ID", thread.message_id)]
    if thread.root_id is not None:
        headers += [("In-Reply-To", thread.root_id), ("References", thread.root_id)]
    if thread.list_id is not None:
        headers.append(("List-Id", thread.list_id))
    return [*headers, ("Thread-Topic", subject), ("Thread-Index", thread_index(thread, now))]


def thread_index(thread: Thread, now: datetime) -> str:
    """22 bytes that all mails of a thread share; a later one adds 5 that say how much later."""
    root = thread.root_id or thread.message_id
    begun = _filetime(_began(root))
    shared = b"\x01" + begun.to_bytes(8, "big")[1:6] + hashlib.sha256(root.encode()).digest()[:16]
    later = b"" if thread.root_id is None else _later(_filetime(now) - begun)
    return base64.b64encode(shared + later).decode()


def _later(span: int) -> bytes:
    """A bit that says in which steps, 31 bits of time, and 8 that nobody needs."""
    span = max(0, span)
    long = span & _SHORT_SPAN != 0
    steps = (span >> (23 if long else 18)) & 0x7FFF_FFFF
    return (steps | (long << 31)).to_bytes(4, "big") + b"\x00"


def _began(message_id: str) -> datetime:
    """When the mail of that id was planned: our ids are UUIDv7, which begin with the moment."""
    found = _ID.match(message_id)
    if found is None:
        return datetime(2020, 1, 1, tzinfo=UTC)
    try:
        milliseconds = UUID(found[1]).int >> 80
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime(2020, 1, 1, tzinfo=UTC)


def _filetime(moment: datetime) -> int:
    return FILETIME_OF_1970 + int(moment.timestamp() * 10_000_000)
