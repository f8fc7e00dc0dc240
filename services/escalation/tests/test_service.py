"""The service as it runs: events from a real Kafka, calls back onto it, and its state rebuilt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest
from escalation.bootstrap import ROLES, build, rebuild
from escalation.settings import Settings
from pydantic import SecretStr
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import DIRECTORY
from tocsin_contracts.words import Kind, Promise, Severity, Verb
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.database import Database
from tocsin_runtime.main import Parts
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.process import Component
from tocsin_runtime.relay import Relay

from services.escalation.tests.dispatching import told
from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import CRITICAL, SEV1, UNACKNOWLEDGED, step
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration

QUICK = CRITICAL.model_copy(
    update={
        "steps": (
            step(SEV1, "account_manager"),
            step(UNACKNOWLEDGED, "deputy", after=0.005, repeat=1, every_minutes=Decimal("0.005")),
            step(UNACKNOWLEDGED, "director", after=60),
        )
    }
)


@asynccontextmanager
async def running(components: Sequence[Component]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(component.run(stop)) for component in components]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


class Publisher(World):
    """Plays incident-api over a real Kafka: the same facts, an outbox and a relay of its own."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        super().__init__(database)
        self._outbox = outbox
        self.clock = SystemClock()  # type: ignore[assignment]

    async def look(self) -> None:
        """The running service does."""

    async def _feed(self, handler: Any, events: Sequence[Event[EventData]]) -> None:
        async with self.database.transaction() as conn:
            for event in events:
                to = DIRECTORY.name if event.subject == "directory" else None
                await self._outbox.add(conn, [event], topic=to)


@pytest.fixture
def service_settings(
    fresh_database: Callable[[str], str], kafka_server: Any, topic_prefix: str
) -> Settings:
    return Settings(
        database_url=SecretStr(fresh_database("escalation")),
        kafka_bootstrap=kafka_server.bootstrap,
        kafka_topic_prefix=topic_prefix,
        recovery_grace_seconds=0.2,
        http_port=0,
    )


@pytest.fixture
async def publisher(
    fresh_database: Callable[[str], str], service_settings: Settings
) -> AsyncIterator[Publisher]:
    database = await Database.open(fresh_database("runtime"))
    relay = Relay(database, service_settings)
    async with running([relay]):
        publisher = Publisher(database, Outbox(database, relay.wake))
        await publisher.knows_nordlicht()
        await publisher.knows(e.PolicyChanged(revision=2, key="critical", document=QUICK))
        yield publisher
    await database.close()


@pytest.fixture
async def service_database(service_settings: Settings) -> AsyncIterator[Database]:
    database = await Database.open(service_settings.database_url.get_secret_value())
    yield database
    await database.close()


def without_http(parts: Parts) -> list[Component]:
    return [component for component in parts.components if component.name != "http"]


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[None]:
    parts = await build(settings, frozenset(ROLES))
    try:
        async with running(without_http(parts)):
            yield
    finally:
        await parts.close()


async def test_an_outage_calls_people_until_somebody_takes_it(
    service_settings: Settings, publisher: Publisher, service_database: Database
) -> None:
    heard = World(service_database)
    outage = Outage(publisher)
    outage.revisions["acme"] = 2
    async with service(service_settings):
        await outage.opens()
        await until(lambda: called(heard, "Ann Weiss", "Tom Klein", "Tom Klein"))
        await outage.is_answered(Verb.TAKE, "ann")
        await until(lambda: in_state(heard, outage, "taken"))
        await until(lambda: all_published(service_database))

    fired = await heard.published(e.StepFired)
    assert [one.late_by_seconds for one in fired] == [None, None, None]
    assert len(await heard.published(e.EscalationTaken)) == 1


async def test_a_rebuilt_database_knows_who_was_called_and_calls_nobody_again(
    service_settings: Settings,
    publisher: Publisher,
    service_database: Database,
    fresh_database: Callable[[str], str],
) -> None:
    before = World(service_database)
    open_still, taken = Outage(publisher), Outage(publisher, clients=("beta",))
    async with service(service_settings):
        await open_still.opens()
        await taken.opens()
        await until(lambda: called(before, *["Ann Weiss"] * 2, *["Tom Klein"] * 4))
        await taken.is_answered(Verb.TAKE, "tom")
        await until(lambda: in_state(before, taken, "taken", "beta"))
        await until(lambda: all_published(service_database))

    dsn = fresh_database("escalation")
    emptied = service_settings.model_copy(update={"database_url": SecretStr(dsn)})
    await rebuild(emptied)
    database = await Database.open(dsn)
    try:
        after = World(database)
        assert await open_still_state(after, open_still) == "notified"
        assert await in_state(after, taken, "taken", "beta")
        async with service(emptied):
            await open_still.is_resolved()
            await until(lambda: in_state(after, open_still, "stopped"))
        assert await after.published(e.StepFired) == []
    finally:
        await database.close()


async def test_promises_are_clocked_and_a_rebuilt_database_tells_of_none_again(
    service_settings: Settings,
    publisher: Publisher,
    service_database: Database,
    fresh_database: Callable[[str], str],
) -> None:
    before = World(service_database)
    outage = Outage(publisher, Severity.SEV2)
    outage.promise(first=1, word=0.05)
    async with service(service_settings):
        await outage.opens(kind=Kind.INITIAL)
        await told(outage)
        await until(lambda: heard_of(before, e.PromiseKept, e.UpdateDue, e.PromiseBreached))
        await until(lambda: all_published(service_database))
    [kept] = await before.published(e.PromiseKept)
    assert kept.promise is Promise.FIRST_NOTICE
    [broken] = await before.published(e.PromiseBreached)
    assert (broken.promise, broken.reason) == (Promise.UPDATE, "no update was written")

    dsn = fresh_database("escalation")
    emptied = service_settings.model_copy(update={"database_url": SecretStr(dsn)})
    await rebuild(emptied)
    database = await Database.open(dsn)
    try:
        after = World(database)
        async with service(emptied):
            await outage.is_updated()
            await outage.is_resolved()
            await told(outage)
            await until(lambda: heard_of(after, e.PromiseBreached))
        [late] = await after.published(e.PromiseBreached)
        assert late.done_at is not None
        assert await after.published(e.PromiseKept) == []
        assert await after.published(e.PromiseAtRisk) == []
    finally:
        await database.close()


async def test_it_answers_for_its_health(service_settings: Settings) -> None:
    parts = await build(service_settings, frozenset({"http"}))
    [http] = [component for component in parts.components if component.name == "http"]
    app = http._server.config.app  # type: ignore[attr-defined]
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://escalation"
        ) as client:
            assert (await client.get("/livez")).status_code == 200
            assert (await client.get("/readyz")).json()["status"] == "ok"
            assert "tocsin_escalation_calls_total" in (await client.get("/metrics")).text
            unknown = await client.get("/nothing")
            assert unknown.headers["content-type"] == "application/problem+json"
    finally:
        await parts.close()


async def heard_of(world: World, *kinds: type[EventData]) -> bool:
    return all([await world.published(kind) for kind in kinds])


async def called(world: World, *names: str) -> bool:
    return sorted(name for _, name in await world.calls()) == sorted(names)


async def in_state(world: World, outage: Outage, state: str, client: str = "acme") -> bool:
    return await world.state(outage.id, client) == state


async def open_still_state(world: World, outage: Outage) -> str | None:
    return await world.state(outage.id)


async def all_published(database: Database) -> bool:
    async with database.connection() as conn:
        return not await conn.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
