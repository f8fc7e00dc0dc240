"""Somebody who reads mail, and the servers on the way: answers, bounces, complains, unsubscribes.

Handed to the dispatcher by LMTP (RFC 2033), as a mail server of the provider's would.
"""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp

from devstack.sandbox.answer import PATIENCE, CannotAnswer
from devstack.sandbox.answer_api import Asked
from devstack.sandbox.mail_writing import (
    Original,
    Written,
    absence_notice,
    complaint,
    delivery_status,
    reply,
)
from devstack.sandbox.messages import Message

REPORTS: dict[str, Callable[[Original, datetime], Written]] = {
    "bounce": lambda to, now: delivery_status(
        to, "failed", "5.1.1", f"550 5.1.1 <{to.recipient}>: User unknown", now
    ),
    "soft_bounce": lambda to, now: delivery_status(
        to, "failed", "4.2.2", "452 4.2.2 Mailbox full", now
    ),
    "delayed": lambda to, now: delivery_status(
        to, "delayed", "4.4.1", "450 4.4.1 No answer from host", now
    ),
    "delivered": lambda to, now: delivery_status(to, "delivered", "2.0.0", "250 2.0.0 Ok", now),
    "complaint": complaint,
    "auto_reply": absence_notice,
}


class MailReader:
    """``port`` ``None``: nobody takes mail that comes back."""

    def __init__(self, host: str, port: int | None) -> None:
        self.host = host
        self.port = port

    async def read(self, message: Message, asked: Asked) -> dict[str, Any] | None:
        """``reply`` (``by`` another address, with ``fields.attachment`` a name), ``report`` one of
        :data:`REPORTS`, or ``press`` ``unsubscribe``."""
        if asked.press == "unsubscribe":
            return await _unsubscribed(message)
        written = _written(message, asked)
        return await self._hand_over(written) if written else None

    async def _hand_over(self, written: Written) -> dict[str, Any]:
        if self.port is None:
            raise CannotAnswer("The sandbox does not know where mail goes: see --dispatcher-lmtp.")
        raw = written.mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        said = await asyncio.to_thread(self._speak, written, raw)
        return {"from": written.sender, "to": written.recipient, "answer": said}

    def _speak(self, written: Written, raw: bytes) -> str:
        try:
            with smtplib.LMTP(self.host, self.port or 0, timeout=20) as client:
                client.sendmail(written.sender, [written.recipient], raw)
        except smtplib.SMTPResponseException as refused:
            return f"{refused.smtp_code} {_text(refused.smtp_error)}"
        except smtplib.SMTPRecipientsRefused as refused:
            return "; ".join(f"{code} {_text(text)}" for code, text in refused.recipients.values())
        except (OSError, smtplib.SMTPException) as error:
            raise CannotAnswer(f"The dispatcher takes no mail: {error}.") from error
        return "250 taken"


def _written(message: Message, asked: Asked) -> Written | None:
    now = datetime.now(UTC)
    if asked.reply is not None:
        attachment = asked.fields.get("attachment")
        return reply(_original(message), asked.reply, now, by=asked.by, attachment=attachment)
    if asked.report is None:
        return None
    if asked.report not in REPORTS:
        raise CannotAnswer(f"No report {asked.report}; there are {', '.join(REPORTS)}.")
    return REPORTS[asked.report](_original(message), now)


def _original(message: Message) -> Original:
    content = message.content
    return Original(content.headers, content.text, message.sender, message.to[0])


async def _unsubscribed(message: Message) -> dict[str, Any]:
    """As a mail program does (RFC 8058, 3.2): one POST of the pair, nothing opened before."""
    headers = message.content.headers
    name, _, value = headers.get("List-Unsubscribe-Post", "").partition("=")
    url = headers.get("List-Unsubscribe", "").strip("<> ")
    if not url or not value:
        raise CannotAnswer("The mail says nowhere how to unsubscribe in one click.")
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        posting = session.post(url, data={name: value}, allow_redirects=False)
        async with posting as response:
            return {"posted": url, "status": response.status, "page": await response.text()}


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
