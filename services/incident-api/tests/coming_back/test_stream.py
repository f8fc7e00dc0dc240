"""A dashboard follows an outage by the stream, loses its connection, and misses nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from incident_api.stream import following
from incident_api.stream import store as log
from incident_api.stream.announcing import Announcer
from incident_api.stream.model import Position
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind, QuestionSource
from tocsin_runtime.process import HttpServer

pytestmark = pytest.mark.integration

Story = Any


@dataclass
class Event:
    name: str
    id: str | None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> dict[str, Any]:
        [one] = self.data["items"]
        found: dict[str, Any] = one
        return found


class Reader:
    """An EventSource: it keeps the last id that it saw."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.last_id: str | None = None
        self.comments = 0

    async def next(self) -> Event:
        """The next event; comments are passed over."""
        event = Event("message", None)
        async with asyncio.timeout(10):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "event":
                    event.name = value
                elif name == "id":
                    event.id = self.last_id = value
                elif name == "data":
                    event.data = json.loads(value)
                elif line == "" and event.name != "message":
                    return event
        raise EOFError

    async def until(self, name: str) -> Event:
        while (event := await self.next()).name != name:
            pass
        return event


class Served:
    """The API on a port of its own, with everything that wakes its streams."""

    def __init__(self, story: Story, url: str) -> None:
        self.story = story
        self.url = url

    @asynccontextmanager
    async def opens(self, path: str = "/v1/stream", **headers: str) -> AsyncIterator[Reader]:
        named = {"Authorization": f"Bearer {self.story.api.keys['read']}"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        named = {} if "ticket=" in path else named
        async with (
            httpx.AsyncClient(timeout=None) as client,
            client.stream("GET", self.url + path, headers=named) as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Reader(answer.aiter_lines())


@pytest_asyncio.fixture
async def served(story: Story) -> AsyncIterator[Served]:
    stop = asyncio.Event()
    server = HttpServer(story.api.app, host="127.0.0.1", port=0)
    announcer = Announcer(story.api.database)
    parts = (story.api.app.state.stream, announcer, server)
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    yield Served(story, f"http://127.0.0.1:{await port_of(server)}")
    stop.set()
    async with asyncio.timeout(10):
        await asyncio.gather(*tasks)


async def port_of(server: Any) -> int:
    while not server._server.started:  # noqa: ASYNC110 — it has no event for that
        await asyncio.sleep(0)
    port: int = server._server.servers[0].sockets[0].getsockname()[1]
    return port


async def test_what_happens_is_seen_as_it_happens(served: Served) -> None:
    story = served.story
    async with served.opens() as reader:
        assert (await reader.next()).name == "ready"
        body = {"message": "The cause is found.", "status": "identified"}
        await story.api.post(f"/v1/incidents/{story.ref}/updates", body, key="operate")

        seen = {event.name: event for event in (await reader.next(), await reader.next())}
        incident = seen["incident"].item
        assert (incident["ref"], incident["status"]) == (story.ref, "identified")
        assert seen["timeline"].item["text"] == "The cause is found."


async def test_deliveries_questions_and_escalations_are_on_it_too(served: Served) -> None:
    story = served.story
    async with served.opens(f"/v1/stream?incident={story.ref}") as reader:
        await reader.until("ready")
        await story.hears(planned(story))
        assert (await reader.until("delivery")).item["state"] == "accepted"
        await story.hears(confirmed(story))
        assert (await reader.until("delivery")).item["confirmed_by"] == "slack"
        await story.hears(story.reply())
        asked = (await reader.until("conversation")).item
        assert (asked["client_key"], asked["open_questions"]) == ("acme", 1)
        await story.answers()
        assert (await reader.until("conversation")).item["status"] == "answered"
        await story.hears(await armed(story))
        assert (await reader.until("escalation")).item["state"] == "armed"


async def test_whoever_comes_back_gets_what_they_missed(served: Served) -> None:
    story = served.story
    async with served.opens() as reader:
        await reader.until("ready")
        await story.api.post(f"/v1/incidents/{story.ref}/acknowledge", key="operate")
        await reader.until("timeline")
        last = reader.last_id
    assert last is not None
    await story.hears(story.reply())

    async with served.opens(Last_Event_ID=last) as reader:
        assert (await reader.until("conversation")).item["open_questions"] == 1
    async with served.opens(f"/v1/stream?last_event_id={last}") as reader:
        assert (await reader.until("conversation")).item["open_questions"] == 1


async def test_a_gap_is_said_and_the_stream_goes_on_from_there(served: Served) -> None:
    story = served.story
    pool = story.api.database.pool
    last = await pool.fetchval("SELECT min(xact) || '-' || min(id) FROM stream_log")
    await story.hears(story.reply())
    await pool.execute("UPDATE stream_log SET at = at - interval '2 hours'")
    async with story.api.database.connection() as conn:
        await log.tidy(conn)

    for unknown in (last, "not-ours", "99999999-1"):
        async with served.opens(Last_Event_ID=unknown) as reader:
            event = await reader.next()
            assert event.name == "reset", unknown
            assert "reason" in event.data
            kept = event.id
    async with served.opens(Last_Event_ID=kept or "") as reader:
        await story.answers()
        assert (await reader.next()).name != "reset"


async def test_what_was_committed_later_though_begun_earlier_is_not_missed(
    served: Served,
) -> None:
    story = served.story
    async with served.opens() as reader, story.api.database.connection() as slow:
        await reader.until("ready")
        begun = slow.transaction()
        await begun.start()
        await slow.execute("UPDATE incidents SET title = 'Slow' WHERE id = $1", story.id)
        await story.hears(story.reply())  # commits first
        await begun.commit()

        seen = {(await reader.next()).name for _ in range(3)}
        assert seen == {"incident", "timeline", "conversation"}


async def test_of_many_deliveries_none_is_left_out(served: Served) -> None:
    story = served.story
    async with served.opens() as reader:
        await reader.until("ready")
        await story.hears(planned(story, *(f"person-{n}" for n in range(450))))
        parts = [await reader.until("delivery") for _ in range(3)]
    assert [len(part.data["items"]) for part in parts] == [200, 200, 50]
    assert [part.id is None for part in parts] == [True, True, False]


async def test_another_incidents_words_are_not_on_its_stream(served: Served) -> None:
    story = served.story
    other = {"title": "Storage", "severity": "sev3", "system_keys": ["storage-eu"]}
    async with served.opens(f"/v1/stream?incident={story.ref}") as reader:
        await reader.until("ready")
        await story.api.post("/v1/incidents", other, key="operate")
        await story.hears(story.reply())
        while (event := await reader.next()).name != "conversation":
            assert event.data["incident_id"] == story.id


async def test_a_browser_opens_it_by_a_ticket_that_lasts_a_minute(served: Served) -> None:
    story = served.story
    made = await story.api.post("/v1/stream/tickets", key="read")
    assert made.status_code == 201
    async with served.opens(made.json()["url"]) as reader:
        assert (await reader.next()).name == "ready"

    story.api.clock.advance(seconds=61)
    late = await story.api.client.get(made.json()["url"])
    assert late.status_code == 401
    stored = await story.api.database.pool.fetch("SELECT digest FROM stream_tickets")
    assert made.json()["ticket"].encode() not in [bytes(row["digest"]) for row in stored]


async def test_a_key_that_only_sends_alerts_in_sees_nothing(served: Served) -> None:
    story = served.story
    assert (await story.api.get("/v1/stream", key="ingest")).status_code == 403
    assert (await story.api.post("/v1/stream/tickets", key="ingest")).status_code == 403
    assert (await story.api.client.get("/v1/stream?ticket=guessed")).status_code == 401


async def test_a_stream_ends_after_its_key_was_revoked(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "CHECK_SECONDS", 0.01)
    story = served.story
    async with served.opens() as reader:
        await reader.until("ready")
        await story.api.database.pool.execute("UPDATE api_keys SET revoked_at = now()")
        with pytest.raises(EOFError):
            await reader.until("anything")


async def test_one_stream_too_many_is_refused_until_another_has_ended(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = served.story
    monkeypatch.setattr(story.api.app.state.stream, "_most_streams", 1)
    async with served.opens() as reader:
        await reader.until("ready")
        refused = await story.api.get("/v1/stream", key="read")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "STREAM_MOST_OPEN" in refused.json()["detail"]


async def test_what_a_restored_database_numbers_afresh_is_not_waited_for(story: Story) -> None:
    pool = story.api.database.pool
    await pool.execute("UPDATE stream_log SET xact = xact + 1000000")
    async with story.api.database.connection() as conn:
        await log.tidy(conn)
        assert await log.newest(conn) == Position()
        assert not (await log.read_after(conn, Position(), 10)).held


def planned(story: Story, *people: str) -> e.NotificationPlanned:
    return e.NotificationPlanned(
        incident_id=story.id,
        cause_id="event-1",
        kind=Kind.INITIAL,
        deliveries=tuple(
            e.PlannedDelivery(
                delivery_id=f"delivery-{person}",
                client_key="acme",
                person=person,
                person_name=person,
                roles=("it_lead",),
                channel=Channel.EMAIL,
                state=DeliveryState.ACCEPTED,
                because="it_lead of ACME",
            )
            for person in people or ("jo",)
        ),
    )


def confirmed(story: Story) -> e.ReplyConfirmed:
    return e.ReplyConfirmed(
        incident_id=story.id,
        client_key="acme",
        person="jo",
        person_name="Jo Frei",
        source=QuestionSource.SLACK,
        delivery_id="delivery-jo",
        confirmed_at=story.api.clock.now() + timedelta(seconds=1),
    )


async def armed(story: Story) -> e.EscalationArmed:
    [opened] = [
        one
        for one in await story.api.events("tocsin.incidents")
        if one["type"] == "tocsin.incident.opened.v1"
    ]
    return e.EscalationArmed.model_validate(
        {
            "incident": opened["data"]["incident"],
            "client_keys": ["acme"],
            "at": story.api.clock.now(),
            "policy_key": "critical",
        }
    )
