"""What a mail server's answer, or its silence, means: reply code × phase → outcome."""

from __future__ import annotations

import re
import ssl
from enum import IntEnum

from aiosmtplib import SMTPResponseException
from tocsin_contracts.words import SuppressionCause

from dispatcher.channels.port import Rejected, RetryLater, SendOutcome, Unknown

SERVICE_CLOSING = 421
AUTHENTICATION_REQUIRED = 530
MALFORMED = -1
_OF_THE_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"<?[^\s<>@:;,]+@[^\s<>@:;,]+\.[^\s<>@:;,]+>?")


class Phase(IntEnum):
    """How far a send came. From DATA on the server may hold the message whatever we hear."""

    CONNECT = 0
    """Connection, banner, EHLO, STARTTLS and sign-in: nothing of this message yet."""
    MAIL = 1
    RCPT = 2
    DATA = 3
    """From the DATA command to the answer to the final dot."""


def needs_new_connection(error: BaseException, phase: Phase, *, reused: bool) -> bool:
    """A kept connection that the server has given up on says nothing about the message.

    RFC 5321 3.8: a server may answer 421 to any command, or simply hang up.
    """
    if not reused or phase is Phase.DATA:
        return False
    if isinstance(error, SMTPResponseException):
        return error.code == SERVICE_CLOSING
    return not isinstance(error, TimeoutError)


def outcome_of(error: BaseException, phase: Phase) -> SendOutcome:
    if isinstance(error, SMTPResponseException) and error.code != MALFORMED:
        return outcome_of_reply(error.code, error.message, phase)
    if untrusted := _untrusted(error):
        reason = f"the mail server's certificate is not trusted: {untrusted}"
        return RetryLater(reason, provider_down=True)
    if phase is Phase.DATA:
        return Unknown(f"no clear answer after the message was sent ({_name(error)})")
    reason = f"the mail server did not answer ({_name(error)})"
    return RetryLater(reason, provider_down=True)


def outcome_of_reply(code: int, text: str, phase: Phase) -> SendOutcome:
    """A refusal up to MAIL (the sender's), and a demand to sign in, is about us: ours to mend, and
    no word about the recipient. So is 421 at any moment."""
    reason = f"the mail server said {code} {one_line(text)}".rstrip()
    if phase <= Phase.MAIL or code in (AUTHENTICATION_REQUIRED, SERVICE_CLOSING):
        return RetryLater(reason, provider_down=True)
    if code < 500:
        return RetryLater(reason)
    return Rejected(reason, suppress=suppression_of(enhanced_status(text)))


def enhanced_status(text: str) -> str | None:
    """RFC 3463's code at the start of a reply, such as ``5.1.1``."""
    found = _ENHANCED.match(text.strip())
    return found[1] if found else None


def suppression_of(status: str | None) -> SuppressionCause | None:
    """Whether a permanent failure is the mailbox's own, so that nothing more is sent there.

    RFC 3463 3.2 and 3.3, RFC 7505 (5.1.10): there is no such mailbox or domain, or it is switched
    off. A full one, or a refusal by policy, is not for good.
    """
    return SuppressionCause.HARD_BOUNCE if status in _OF_THE_MAILBOX else None


def one_line(text: str) -> str:
    """What a server wrote, fit for a reason that is kept: short, and without addresses."""
    told = _ADDRESS.sub("(address)", text.encode("utf-8", "replace").decode())
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", told).strip()[:200]


def _untrusted(error: BaseException | None) -> str | None:
    """What is wrong with the certificate, wherever in the chain of errors it is said."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None


def _name(error: BaseException) -> str:
    return "timed out" if isinstance(error, TimeoutError) else "connection lost"
