"""The mail server's sockets: lines and messages out of bytes, replies back in order.

A hand-written protocol, because the sandbox must outrun what it measures: aiosmtpd took 2,500
mails/s over eight kept connections on two cores, this one several times that.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import cast

from devstack.sandbox.smtp_dialogue import Dialogue, Reply

LONGEST_LINE = 2048
END = b"\r\n.\r\n"


class SmtpConnection(asyncio.Protocol):
    """Feeds one :class:`Dialogue`; pipelined commands are answered in one write.

    ``tls`` is what STARTTLS upgrades to.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        open_connections: set[SmtpConnection],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._open = open_connections
        self._tls = tls
        self._upgrade: asyncio.Task[None] | None = None
        self._buffer = bytearray()
        self._looked = 0
        self._out: list[bytes] = []
        self._held: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self in self._open:
            return  # the same connection, now under TLS
        self._open.add(self)
        self._answer(self._dialogue.greeting())
        self._flush()

    def connection_lost(self, _: Exception | None) -> None:
        self._open.discard(self)
        if self._held is not None:
            self._held.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._work()

    def abort(self) -> None:
        self._transport.abort()

    def _work(self) -> None:
        while not (self._held or self._upgrade or self._transport.is_closing()):
            reply = self._next_message() if self._dialogue.reads_data else self._next_command()
            if reply is None:
                break
            self._answer(reply)
        self._flush()

    def _next_command(self) -> Reply | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            too_long = len(self._buffer) > LONGEST_LINE
            return Reply(b"500 5.5.2 Line too long\r\n", close=True) if too_long else None
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        return self._dialogue.command(line)

    def _next_message(self) -> Reply | None:
        if self._buffer.startswith(b".\r\n"):
            del self._buffer[:3]
            return self._dialogue.message(b"")
        end = self._buffer.find(END, self._looked)
        if end < 0:
            self._looked = max(0, len(self._buffer) - len(END) + 1)
            return None
        raw = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(END)]
        self._looked = 0
        return self._dialogue.message(_unstuffed(raw))

    def _answer(self, reply: Reply) -> None:
        if reply.cut:
            self._flush()
            self._transport.abort()
        elif reply.delay:
            self._hold(reply)
        else:
            self._out.append(reply.text)
            if reply.close:
                self._flush()
                self._transport.close()
            elif reply.secure:
                self._flush()
                self._upgrade = asyncio.create_task(self._secure())

    async def _secure(self) -> None:
        """RFC 3207, 4.2: what came in plain text after STARTTLS is thrown away."""
        assert self._tls is not None
        self._buffer.clear()
        loop = asyncio.get_running_loop()
        try:
            upgraded = await loop.start_tls(self._transport, self, self._tls, server_side=True)
        except (OSError, ssl.SSLError):
            self._transport.abort()
            return
        if upgraded is not None:
            self._transport = upgraded
        self._dialogue.secured()
        self._upgrade = None
        self._work()

    def _hold(self, reply: Reply) -> None:
        self._flush()
        self._held = asyncio.get_running_loop().call_later(reply.delay, self._go_on, reply)

    def _go_on(self, reply: Reply) -> None:
        self._held = None
        self._answer(Reply(reply.text, close=reply.close))
        self._work()

    def _flush(self) -> None:
        if self._out:
            self._transport.write(b"".join(self._out))
            self._out.clear()


def _unstuffed(raw: bytes) -> bytes:
    """Undo RFC 5321, 4.5.2: a line that began with a dot was sent with two."""
    if raw.startswith(b"."):
        raw = raw[1:]
    return raw.replace(b"\r\n.", b"\r\n")
