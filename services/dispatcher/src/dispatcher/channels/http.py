"""HTTP to providers: one session a process, and words for what went wrong.

An aiohttp error's own text holds the URL, which may be a secret; none of it is passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from socket import socket
from urllib.parse import urlsplit

import aiohttp
from tocsin_runtime.egress import AddrInfo, EgressRefused, PrivateAddress

from dispatcher.channels.port import Rejected, RetryLater, SendOutcome, Unknown

CONNECT_SECONDS = 8
LONGEST_RETRY_AFTER = timedelta(hours=24)


class Redirected(aiohttp.ClientError):
    """A provider pointed elsewhere. Nothing goes there: neither a message nor a token."""


class HttpSession:
    """An aiohttp session made when it is first asked for, inside the running loop.

    No cookies (one client's answer must not colour another's request), no proxy from the
    environment, no redirect followed whichever library uses the session, and every connection
    passes ``dial`` with the address it goes to.
    """

    def __init__(self, dial: Callable[[AddrInfo], socket], *, connections: int) -> None:
        self._dial = dial
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, socket_factory=self._dial, ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                auto_decompress=False,
                trace_configs=[_refusing_redirects()],
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def url_problem(url: str, who: str, *, plain: bool) -> str | None:
    """Why nothing is sent to a URL that somebody chose; ``plain`` lets HTTP without TLS pass."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"{who} has an address that is not a valid URL"
    if not url.isprintable() or " " in url:
        return f"{who} has an address with characters that no URL has"
    allowed = ("https", "http") if plain else ("https",)
    if parts.scheme not in allowed or not parts.hostname:
        return f"{who} has an address that does not begin with https://"
    return None


def _refusing_redirects() -> aiohttp.TraceConfig:
    """aiohttp tells of a redirect before it follows it."""

    async def refuse(*_: object) -> None:
        raise Redirected

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


def outcome_of_error(error: BaseException, who: str) -> SendOutcome:
    """A request that got no usable answer; raises what must not be taken for a provider's failure.

    ``who`` stands at the beginning of the reason: "Slack", "the endpoint".
    """
    if isinstance(error, aiohttp.ClientConnectorError):
        return _not_connected(error, who)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return RetryLater(f"{who} could not be reached in time")
    if isinstance(error, aiohttp.ClientConnectionError):
        return Unknown(f"{who} closed the connection before it answered")
    if isinstance(error, TimeoutError):
        return Unknown(f"{who} did not answer in time")
    if isinstance(error, Redirected):
        return RetryLater(f"{who} answered with a redirect, which is not followed")
    if isinstance(error, aiohttp.InvalidURL):
        return Rejected(f"{who} has an address that is not a valid URL")
    return Unknown(f"{who} gave an answer that could not be read")


def _not_connected(error: aiohttp.ClientConnectorError, who: str) -> SendOutcome:
    """Nothing was sent yet."""
    cause = error.os_error
    if isinstance(cause, EgressRefused):
        raise cause
    if isinstance(cause, PrivateAddress):
        return Rejected(f"{who} leads into a private network")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return RetryLater(f"{who} has a host name that cannot be found")
    if isinstance(error, aiohttp.ClientSSLError):
        return RetryLater(f"{who} could not be reached over TLS")
    return RetryLater(f"{who} could not be reached")


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """RFC 9110 10.2.3: seconds, or a date. Nonsense and more than a day are not believed."""
    if not value:
        return None
    try:
        wait = timedelta(seconds=min(float(value), LONGEST_RETRY_AFTER.total_seconds()))
    except ValueError:
        wait = _until(value, now)
    return min(max(wait, timedelta()), LONGEST_RETRY_AFTER)


def _until(value: str, now: datetime) -> timedelta:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return timedelta()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
