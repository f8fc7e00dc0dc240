"""Mail from our own mail server, by LMTP (RFC 2033): bounces, complaints, and what readers answer.

The server in front checks who may send; here every recipient is answered for, and nothing is
accepted before it is safe: 451 keeps a mail in the server's queue.
"""

from __future__ import annotations

import asyncio
import logging

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope as Received
from aiosmtpd.smtp import Session

from dispatcher.replies.mail_intake import MailIntake
from dispatcher.replies.mail_sorting import Envelope

log = structlog.get_logger()
SAFE = "250 2.0.0 Taken"
LATER = "451 4.3.0 It cannot be kept at the moment, try again later"


class LmtpListener:
    """Listens until told to stop. ``port`` 0 takes a free one, which ``port`` then is."""

    name = "lmtp"

    def __init__(self, intake: MailIntake, *, host: str, port: int, most_bytes: int) -> None:
        self.host = host
        self.port = port
        self._handler = _Handler(intake)
        self._most_bytes = most_bytes
        self.listening = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        # Below a warning it logs each line of the conversation: addresses, and with a Reply-To of
        # ours what lets its holder speak for the reader.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._connection, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        log.info("lmtp listens", host=self.host, port=self.port)
        self.listening.set()
        try:
            await stop.wait()
        finally:
            server.close()
            await self._handler.finish()

    def _connection(self) -> LMTP:
        return LMTP(
            self._handler,
            hostname="tocsin",
            ident="Tocsin",
            data_size_limit=self._most_bytes,
            enable_SMTPUTF8=True,
            timeout=60,
        )


class _Handler:
    """What aiosmtpd asks; it names these methods."""

    def __init__(self, intake: MailIntake) -> None:
        self._intake = intake
        self._under_way: set[asyncio.Task[str]] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: LMTP, _session: Session, envelope: Received, address: str, _options: object
    ) -> str:
        if len(envelope.rcpt_tos) >= 20:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: LMTP, _session: Session, envelope: Received
    ) -> str:
        """LMTP answers once for each recipient (RFC 2033, 4.2)."""
        taking = asyncio.create_task(self._taken(envelope))
        self._under_way.add(taking)
        taking.add_done_callback(self._under_way.discard)
        answer = await asyncio.shield(taking)
        return "\r\n".join([answer] * len(envelope.rcpt_tos))

    async def finish(self) -> None:
        """What was begun is finished: its sender waits for the answer."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _taken(self, envelope: Received) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        said = Envelope(_bare(envelope.mail_from or ""), tuple(map(_bare, envelope.rcpt_tos)))
        try:
            await self._intake.receive(raw, said)
        except Exception:
            log.exception("a mail could not be kept; the mail server tries again")
            return LATER
        return SAFE


def _bare(path: str) -> str:
    """aiosmtpd leaves the null sender its angle brackets (RFC 5321, 4.5.5)."""
    return path.strip().removeprefix("<").removesuffix(">")
