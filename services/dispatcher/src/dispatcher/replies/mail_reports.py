"""What mail servers and providers report of a mail of ours.

RFC 3464 (delivery status), RFC 5965 (a reader called it unwanted), and with flufl.bounce the many
forms from before and beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from uuid import UUID

import structlog
from flufl.bounce import all_failures
from tocsin_contracts.words import DeliveryState, SuppressionCause

from dispatcher.channels.mail_addresses import MailAddresses, Use
from dispatcher.channels.smtp_outcomes import one_line, suppression_of
from dispatcher.delivery.receipts import Receipt
from dispatcher.replies.mail_parsing import header, ids, is_report_of, parsed, parts, text_of

log = structlog.get_logger()
MOST_SCANNED = 256 * 1024
"""Bytes of a mail that older reports are looked for in: below is the mail that they give back."""
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
_STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_UNWANTED = frozenset({"abuse", "fraud", "opt-out", "other"})
"""Feedback types that say a reader does not want it (RFC 5965, 7.3; RFC 6650)."""


@dataclass(frozen=True)
class Told:
    """What one report says. ``state`` ``None``: that it is late, which is no news."""

    state: DeliveryState | None
    reason: str
    suppress: SuppressionCause | None = None


def receipt_of(
    mail: Message, ours: MailAddresses, recipients: list[str], now: datetime, *, by_a_server: bool
) -> Receipt | str | None:
    """What ``mail`` reports; in words why it changes nothing; ``None``: it is no report.

    ``by_a_server``: its envelope says so; only then the words of older reports are looked for,
    since a person may quote them.
    """
    told = _complaint(mail) or _status(mail) or (_older_bounce(mail) if by_a_server else None)
    if told is None:
        return None
    delivery_id = _delivery(mail, ours, recipients)
    if delivery_id is None:
        return "a report about no mail of ours"
    if told.state is None:
        return f"a notice that changes nothing: {told.reason}"
    return Receipt(delivery_id, told.state, now, told.reason, told.suppress)


def delivery_ids(message_ids: list[str]) -> list[str]:
    """Deliveries whose mail has one of these Message-IDs: nobody but its reader knows it."""
    found = (_OURS.match(one) for one in message_ids)
    return [str(UUID(match[1])) for match in found if match]


def _delivery(mail: Message, ours: MailAddresses, recipients: list[str]) -> str | None:
    """By the return path it came to, by the one that the report names, by the mail it quotes."""
    for address in (*recipients, *_return_paths(mail)):
        named = ours.named_by(address)
        if named is not None and named.use is Use.BOUNCES:
            return named.delivery_id
    quoted = [one for part in parts(mail) for one in _quoted_ids(part)]
    return next(iter(delivery_ids(quoted)), None)


def _quoted_ids(part: Message) -> list[str]:
    """Of the mail of ours that the report gives back, whole or its headers alone (RFC 3462)."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        original = inner[0] if isinstance(inner, list) and inner else None
        return ids(original, "Message-ID") if isinstance(original, Message) else []
    if kind in ("text/rfc822-headers", "message/rfc822-headers"):
        return ids(parsed(text_of(part).encode()), "Message-ID")
    if kind == "text/plain":
        # Reports from before RFC 3464 quote the mail as text.
        return re.findall(r"(?im)^\W{0,4}message-id:\s*(<[^<>\s]{1,250}>)", text_of(part)[:50_000])
    return []


def _return_paths(mail: Message) -> list[str]:
    fields = _fields(mail, "message/feedback-report")
    return [header(one, "Original-Mail-From").strip("<>") for one in fields]


def _complaint(mail: Message) -> Told | None:
    if _report_type(mail) != "feedback-report":
        return None
    groups = _fields(mail, "message/feedback-report")
    kinds = (header(one, "Feedback-Type").lower() for one in groups)
    kind = next(filter(None, kinds), "abuse")
    if kind not in _UNWANTED:
        return Told(None, f"feedback of the type {one_line(kind)[:40]}")
    reason = "the reader or their provider called it unwanted"
    # It had arrived, or nobody could have complained.
    return Told(DeliveryState.DELIVERED, reason, SuppressionCause.COMPLAINT)


def _status(mail: Message) -> Told | None:
    """RFC 3464: a group of fields for the mail, then one for each recipient; ours have one."""
    if _report_type(mail) != "delivery-status":
        return None
    for fields in _fields(mail, "message/delivery-status"):
        action = header(fields, "Action").partition(" ")[0].lower()
        if action:
            return _of_action(action, header(fields, "Status"), header(fields, "Diagnostic-Code"))
    return None


def _of_action(action: str, status: str, diagnosis: str) -> Told:
    found = _STATUS.search(status) or _STATUS.search(diagnosis)
    code = found[1] if found else None
    if action == "failed":
        words = one_line(diagnosis.partition(";")[2] or diagnosis)
        told = " ".join(filter(None, ["it came back:", code, words.removeprefix(code or "")]))
        return Told(DeliveryState.FAILED, re.sub(r"\s+", " ", told).strip(), suppression_of(code))
    if action == "delivered":
        return Told(DeliveryState.DELIVERED, "the reader's mail server says that it arrived")
    return Told(None, f"{one_line(action)[:20]} {code or ''}".strip())


def _older_bounce(mail: Message) -> Told | None:
    """flufl.bounce finds whose mail failed; which of their lines says why is found by its code."""
    try:
        temporary, permanent = all_failures(parsed(mail.as_bytes()[:MOST_SCANNED]))
    except Exception:
        log.warning("a mail that is perhaps a bounce cannot be read", exc_info=True)
        return None
    if permanent:
        text = "\n".join(text_of(part)[:20_000] for part in parts(mail) if _is_plain(part))
        found = _STATUS.search(text)
        code = found[1] if found else None
        return Told(
            DeliveryState.FAILED, f"it came back: {code or 'refused'}", suppression_of(code)
        )
    return Told(None, "delayed") if temporary else None


def _is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def _report_type(mail: Message) -> str:
    if mail.get_content_type() != "multipart/report":
        return ""
    return str(mail.get_param("report-type") or "").lower()


def _fields(mail: Message, kind: str) -> list[Message]:
    """Each group of fields in the report's parts of ``kind``."""
    groups: list[Message] = []
    for part in parts(mail):
        if not is_report_of(part) or part.get_content_type() != kind:
            continue
        inner = part.get_payload()
        if isinstance(inner, list):
            groups += [one for one in inner if isinstance(one, Message)]
        groups += [parsed(text.encode()) for text in _as_text(part)]
    return groups


def _as_text(part: Message) -> list[str]:
    """The library parses delivery-status into groups, and leaves other reports as they are, or as
    one mail without headers."""
    inner = part.get_payload()
    if isinstance(inner, str):
        return [inner]
    if isinstance(inner, list):
        return [
            str(one.get_payload()) for one in inner if isinstance(one, Message) and not one.keys()
        ]
    return []
