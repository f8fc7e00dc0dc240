"""Small servers on this machine that answer with nonsense."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """Answers every connection with ``talk``; gives the port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def nonsense_over_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"BANANA 12\r\n\r\nwhsec_not-an-answer")
    await writer.drain()


def page_over_http(status: bytes) -> Talk:
    """A proxy's page where JSON should be."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"<html>Welcome</html>"
        head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (status, len(body)) + body)
        await writer.drain()

    return talk


html_over_http = page_over_http(b"200 OK")
bad_gateway = page_over_http(b"502 Bad Gateway")


def smtp(script: dict[bytes, bytes], *, final: bytes = b"250 OK\r\n") -> Talk:
    """A mail server that answers each verb with ``script``'s line and the message with ``final``.

    An empty answer cuts the connection. ``b""`` in the script is the banner.
    """
    answers = {
        b"": b"220 crooked\r\n",
        b"EHLO": b"250 crooked\r\n",
        b"MAIL": b"250 OK\r\n",
        b"RCPT": b"250 OK\r\n",
        b"DATA": b"354 go on\r\n",
        b"QUIT": b"221 bye\r\n",
        **script,
    }

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answers[b""])
        while answers[b""] and (line := await reader.readline()):
            verb = line[:4].upper()
            answer = answers.get(verb, b"500 what\r\n")
            writer.write(answer)
            if verb == b"DATA" and answer.startswith(b"354"):
                await reader.readuntil(b"\r\n.\r\n")
                answer = final
                writer.write(final)
            if not answer or answer.startswith((b"421", b"221")):
                return

    return talk
