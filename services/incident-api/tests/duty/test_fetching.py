"""Reading a calendar's address, from real servers on this machine."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from incident_api.duty import fetching
from incident_api.duty.fetching import CalendarFetcher, Unreachable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@asynccontextmanager
async def serving(**routes: Handler) -> AsyncIterator[str]:
    """``http://127.0.0.1:<port>``; ``here=handler`` answers at ``/here``."""
    app = web.Application()
    for name, handler in routes.items():
        app.router.add_get(f"/{name}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def fetcher(
    *, loopback_only: bool = True, allow_private: bool = True
) -> AsyncIterator[CalendarFetcher]:
    fetch = CalendarFetcher(loopback_only=loopback_only, allow_private=allow_private)
    try:
        yield fetch
    finally:
        await fetch.close()


async def calendar(_request: web.Request) -> web.Response:
    return web.Response(body=CALENDAR)


def leading_to(location: str, status: int = 302) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location})

    return answer


async def test_what_is_there_is_read() -> None:
    async with serving(here=calendar) as url, fetcher() as fetch:
        assert await fetch(f"{url}/here") == CALENDAR


async def test_a_calendar_that_has_moved_is_followed() -> None:
    routes = {"here": leading_to("/there"), "there": calendar}
    async with serving(**routes) as url, fetcher() as fetch:
        assert await fetch(f"{url}/here") == CALENDAR


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("ftp://127.0.0.1/x", "not https"),
        ("file:///etc/passwd", "not https"),
        ("", "not https"),
        ("/here", "without an end"),
    ],
)
async def test_it_is_not_followed_anywhere_else(location: str, why: str) -> None:
    async with serving(here=leading_to(location)) as url, fetcher() as fetch:
        with pytest.raises(Unreachable, match=why):
            await fetch(f"{url}/here")


def test_a_calendar_behind_tls_is_not_followed_to_where_everybody_reads_along() -> None:
    with pytest.raises(Unreachable, match="not https"):
        fetching._next("https://calendar.example/x", "http://calendar.example/x")
    assert fetching._next("http://a.example/x", "https://b.example/y") == "https://b.example/y"


async def test_an_answer_that_is_no_calendar_is_named() -> None:
    async def gone(_request: web.Request) -> web.Response:
        return web.Response(status=404, text="private-1234")

    async with serving(here=gone) as url, fetcher() as fetch:
        with pytest.raises(Unreachable, match=r"^it answered 404$"):
            await fetch(f"{url}/here")


async def test_more_than_a_megabyte_is_not_read_however_small_it_is_packed() -> None:
    async def packed(_request: web.Request) -> web.Response:
        body = gzip.compress(b" " * 3_000_000)
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(2000):
            await answer.write(b" " * 1000)
        return answer

    async with serving(packed=packed, endless=endless) as url, fetcher() as fetch:
        for path in ("packed", "endless"):
            with pytest.raises(Unreachable, match="larger than 1 MB"):
                await fetch(f"{url}/{path}")


async def test_nothing_leaves_this_machine_where_nothing_may() -> None:
    async with fetcher() as fetch:
        with pytest.raises(Unreachable, match="EGRESS=loopback"):
            await fetch("http://192.0.2.1:9/basic.ics")


async def test_a_private_network_is_not_looked_around_in() -> None:
    async with serving(here=calendar) as url, fetcher(allow_private=False) as fetch:
        with pytest.raises(Unreachable, match="DUTY_CALENDAR_ALLOW_PRIVATE"):
            await fetch(f"{url}/here")


async def test_nobody_at_the_address_is_a_reason_without_the_address() -> None:
    async with serving(here=calendar) as url:
        free = url
    async with fetcher() as fetch:
        with pytest.raises(Unreachable, match=r"^it cannot be reached$"):
            await fetch(f"{free}/private-1234")


async def test_an_answer_that_breaks_off_is_none() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(CALENDAR)
        assert request.transport is not None
        request.transport.close()
        return answer

    async with serving(here=broken) as url, fetcher() as fetch:
        with pytest.raises(Unreachable):
            await fetch(f"{url}/here")


async def test_whoever_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    monkeypatch.setattr(fetching, "SECONDS", 0.1)
    async with serving(here=silent) as url, fetcher() as fetch:
        with pytest.raises(Unreachable, match="did not answer within"):
            await fetch(f"{url}/here")
