"""Unsubscribing: a page for people, one POST for mail programs, nothing for scanners."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio
from dispatcher.callbacks.unsubscribe import Unsubscriber
from dispatcher.callbacks.unsubscribe_words import done_page, question_page
from dispatcher.links.unsubscribing import Leaving, Unsubscribing
from tocsin_contracts.envelope import decode
from tocsin_contracts.events import Unsubscribed
from tocsin_contracts.words import Channel
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.health_app import health_app
from tocsin_runtime.outbox import Outbox

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LINKS = Unsubscribing("http://test", b"a key of thirty-two bytes or more")
JO = Leaving("acme", "jo", Channel.EMAIL, "d-1", "i-1", "de-CH")


class Standing(Clock):
    def now(self) -> datetime:
        return NOW


@pytest_asyncio.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    leaving = Unsubscriber(LINKS, database, Outbox(database), Standing())
    app = health_app(leaving.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as one:
        yield one


async def _told(database: Database) -> list[tuple[str, Unsubscribed]]:
    async with database.connection() as conn:
        rows = await conn.fetch("SELECT event_id, body FROM outbox ORDER BY id")
    events = [decode(row["body"], {Unsubscribed.event_type: Unsubscribed}) for row in rows]
    return [(event.id, event.data) for event in events if isinstance(event.data, Unsubscribed)]


@pytest.mark.integration
async def test_opening_it_shows_a_page_in_the_readers_language_and_does_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    page = await client.get(LINKS.link(JO))

    assert page.status_code == 200
    assert "Nur kritische und schwere Störungen" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert await _told(database) == []


@pytest.mark.integration
@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
async def test_a_mail_program_posts_the_pair_and_is_done(
    client: httpx.AsyncClient, database: Database, form: str
) -> None:
    pair = {"List-Unsubscribe": "One-Click"}
    if form == "urlencoded":
        answer = await client.post(LINKS.link(JO), data=pair)
    else:
        answer = await client.post(
            LINKS.link(JO), files={name: (None, value) for name, value in pair.items()}
        )

    assert answer.status_code == 200
    [(_, told)] = await _told(database)
    assert (told.client_key, told.person, told.channel) == ("acme", "jo", Channel.EMAIL)
    assert told.one_click


@pytest.mark.integration
async def test_the_button_of_the_page_does_the_same_and_says_so(
    client: httpx.AsyncClient, database: Database
) -> None:
    answer = await client.post(LINKS.link(JO), data={"from": "page"})

    assert "Erledigt" in answer.text
    [(_, told)] = await _told(database)
    assert not told.one_click


@pytest.mark.integration
async def test_the_same_mail_asks_once_however_often_it_does(
    client: httpx.AsyncClient, database: Database
) -> None:
    for _ in range(3):
        await client.post(LINKS.link(JO), data={"List-Unsubscribe": "One-Click"})

    assert len({event_id for event_id, _ in await _told(database)}) == 1


@pytest.mark.integration
async def test_a_scanner_that_posts_nothing_changes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.post(LINKS.link(JO))).status_code == 400
    assert await _told(database) == []


@pytest.mark.integration
async def test_a_link_that_is_not_ours_does_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    forged = Unsubscribing("http://test", b"another key of thirty-two bytes .").link(JO)
    for link in (forged, LINKS.link(JO)[:-4], LINKS.of_nobody().link(JO)):
        assert (await client.get(link)).status_code == 404
        posted = await client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert posted.status_code == 404

    assert await _told(database) == []


@pytest.mark.integration
async def test_a_giant_form_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(LINKS.link(JO), data={"x": "y" * 100_000})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "on every channel"),
        ("de", "auf jedem Weg"),
        ("fr", "quel que soit le canal"),
        ("es", "por cualquier canal"),
    ],
)
def test_the_page_says_that_it_counts_on_every_channel(locale: str, said: str) -> None:
    assert said in question_page(locale)
    assert said in done_page(locale)
