"""What a mail server's answer, or its silence, means: reply code × phase → outcome."""

from __future__ import annotations

import re
import ssl
from enum import IntEnum

from aiosmtplib import SMTPResponseException

from dispatcher.channels.port import Rejected, RetryLater, SendOutcome, Unknown

SERVICE_CLOSING = 421
AUTHENTICATION_REQUIRED = 530
MALFORMED = -1


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
        return RetryLater(f"the mail server's certificate is not trusted: {untrusted}")
    if phase is Phase.DATA:
        return Unknown(f"no clear answer after the message was sent ({_name(error)})")
    return RetryLater(f"the mail server did not answer ({_name(error)})")


def outcome_of_reply(code: int, text: str, phase: Phase) -> SendOutcome:
    """A refusal up to MAIL (the sender's), and a demand to sign in, is about us: ours to mend, and
    no word about the recipient."""
    reason = f"the mail server said {code} {_one_line(text)}".rstrip()
    if code < 500 or phase <= Phase.MAIL or code == AUTHENTICATION_REQUIRED:
        return RetryLater(reason)
    return Rejected(reason)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text.encode("utf-8", "replace").decode()).strip()[:200]


def _untrusted(error: BaseException | None) -> str | None:
    """What is wrong with the certificate, wherever in the chain of errors it is said."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None


def _name(error: BaseException) -> str:
    return "timed out" if isinstance(error, TimeoutError) else "connection lost"
