"""Small servers on this machine that answer with nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Counted:
    """A server and how often somebody spoke to it; a handshake that fails does not count."""

    port: int = 0
    calls: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/elsewhere"


@contextlib.asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """Answers every connection with ``talk``; gives the port."""
    async with counting(talk) as server:
        yield server.port


@contextlib.asynccontextmanager
async def counting(talk: Talk, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Counted]:
    counted = Counted()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted.calls += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    counted.port = server.sockets[0].getsockname()[1]
    async with server:
        yield counted


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


def redirect_to(url: str) -> Talk:
    """307 keeps the method and the body: a caller that follows it hands over everything."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
        writer.write((head % url).encode())
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
