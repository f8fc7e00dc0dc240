"""Reading a calendar's address over HTTP. The address may be a secret: no error speaks of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin, urlsplit

import aiohttp
from tocsin_runtime.egress import Egress, EgressRefused, PrivateAddress

MOST_BYTES = 1_000_000
SECONDS = 10.0
MOST_REDIRECTS = 3
_HEADERS = {"Accept": "text/calendar, */*;q=0.1", "User-Agent": "Tocsin"}
NOT_HERE = "it is not on this machine, which EGRESS=loopback lets nothing leave"
INSIDE = "it is on a private network, which DUTY_CALENDAR_ALLOW_PRIVATE=true lets be read"

Fetch = Callable[[str], Awaitable[bytes]]
"""Raises :class:`Unreachable`."""


class Unreachable(Exception):
    """The message is a clause that says why: "it answered 404"."""


class CalendarFetcher:
    """No cookies, no proxy from the environment, nothing but http and https, at most 1 MB in 10 s.

    ``loopback_only`` is ``EGRESS=loopback``: nothing leaves this machine. Without ``allow_private``
    no address inside is dialled, so that whoever writes a team cannot look around there.
    """

    def __init__(self, *, loopback_only: bool, allow_private: bool = False) -> None:
        egress = Egress(loopback_only=loopback_only)
        self._socket = egress.socket_for if allow_private else egress.public_socket_for
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def __call__(self, address: str) -> bytes:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._followed(address)
        except TimeoutError:
            raise Unreachable(f"it did not answer within {SECONDS:.0f} seconds") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(_why(error)) from None

    async def _followed(self, address: str) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._asked(address)
            if isinstance(answer, bytes):
                return answer
            address = _next(address, answer)
        raise Unreachable("it leads from one address to the next without an end")

    async def _asked(self, address: str) -> bytes | str:
        """The body, or where it is said to be."""
        async with self._open().get(address, headers=_HEADERS, allow_redirects=False) as answer:
            if answer.status in (301, 302, 303, 307, 308):
                return answer.headers.get("Location", "")
            if answer.status != 200:
                raise Unreachable(f"it answered {answer.status}")
            return await _body(answer)

    def _open(self) -> aiohttp.ClientSession:
        """Not before there is a loop to open it on."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=self._socket),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Counted as it is unpacked, so that little cannot become much."""
    found = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        found += chunk
        if len(found) > MOST_BYTES:
            raise Unreachable("it is larger than 1 MB")
    return bytes(found)


def _next(address: str, location: str) -> str:
    """Never from https back to http, where everybody on the way could read and write."""
    target = urljoin(address, location)
    scheme = urlsplit(target).scheme
    downgraded = urlsplit(address).scheme == "https" and scheme != "https"
    if scheme not in ("http", "https") or downgraded or not location:
        raise Unreachable("it leads to an address that is not https")
    return target


def _why(error: Exception) -> str:
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, EgressRefused):
        return NOT_HERE
    if isinstance(cause, PrivateAddress):
        return INSIDE
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host name cannot be found"
    if isinstance(error, aiohttp.ClientSSLError):
        return "it cannot be reached over TLS"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "it cannot be reached"
    return "it gave an answer that cannot be read"
