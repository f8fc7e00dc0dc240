"""The service as it runs: events from a real Kafka, mail to a real SMTP conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from dispatcher.bootstrap import ROLES, build, rebuild
from dispatcher.settings import Settings
from pydantic import SecretStr
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.registry import CONTACTS, DIRECTORY
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.database import Database
from tocsin_runtime.main import Parts
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.process import Component
from tocsin_runtime.relay import Relay

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests import facts as w
from services.dispatcher.tests.world import settings

pytestmark = pytest.mark.integration


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


class Publisher:
    """Plays incident-api and escalation, with an outbox and a relay of its own."""

    def __init__(self, database: Database, relay: Relay) -> None:
        self.database = database
        self.relay = relay
        self.outbox = Outbox(database, relay.wake)

    async def says(self, *data: EventData, subject: str | None = None) -> None:
        now = SystemClock().now()
        events = []
        for one in data:
            incident = getattr(one, "incident", None)
            name = subject or incident.id  # type: ignore[union-attr]
            sequence = incident.sequence if incident else 0
            events.append(new_event(one, source="test", subject=name, now=now, sequence=sequence))
        async with self.database.transaction() as conn:
            await self.outbox.add(conn, events)

    async def knows_acme(self) -> None:
        documents: list[EventData] = [
            one.model_copy(update={"revision": 1})
            for one in (w.provider(), w.mail_eu(), w.gold(), w.team(), w.acme(), *w.addresses())
        ]
        await self.says(*documents, subject="directory")
        done = e.RevisionCompleted(revision=1)
        now = SystemClock().now()
        async with self.database.transaction() as conn:
            for topic in (DIRECTORY, CONTACTS):
                event = new_event(done, source="test", subject="directory", now=now)
                await self.outbox.add(conn, [event], topic=topic.name)


@pytest.fixture
def service_settings(
    fresh_database: Callable[[str], str],
    kafka_server: Any,
    topic_prefix: str,
    sandbox: Sandbox,
) -> Settings:
    played = settings(
        smtp_host="127.0.0.1",
        smtp_port=sandbox.smtp_port,
        smtp_tls="none",
        egress="loopback",
        slack_base_url="http://127.0.0.1:1/",
        kafka_bootstrap=kafka_server.bootstrap,
        kafka_topic_prefix=topic_prefix,
        http_port=0,
    )
    dsn = SecretStr(fresh_database("dispatcher"))
    return played.model_copy(update={"database_url": dsn})


@pytest.fixture
async def publisher(
    fresh_database: Callable[[str], str], service_settings: Settings
) -> AsyncIterator[Publisher]:
    database = await Database.open(fresh_database("runtime"))
    relay = Relay(database, service_settings)
    async with running([relay]):
        yield Publisher(database, relay)
    await database.close()


def without_http(parts: Parts) -> list[Component]:
    return [component for component in parts.components if component.name != "http"]


async def test_an_event_becomes_mail_and_its_outcome_an_event(
    service_settings: Settings, publisher: Publisher, sandbox: Sandbox
) -> None:
    parts = await build(service_settings, frozenset(ROLES))
    try:
        async with running(without_http(parts)):
            await publisher.says(w.opened(w.snapshot()))
            await publisher.knows_acme()
            await until(lambda: mails(sandbox, 2))
    finally:
        await parts.close()

    found = sandbox.messages(channel="email")
    assert sorted(message["to"][0] for message in found) == ["jo@acme.example", "mia@acme.example"]
    assert await published(service_settings) == {
        "tocsin.notification.planned.v1",
        "tocsin.notification.outcomes_recorded.v1",
    }


async def test_a_process_that_only_delivers_is_woken_by_one_that_only_plans(
    service_settings: Settings, publisher: Publisher, sandbox: Sandbox
) -> None:
    planning = await build(service_settings, frozenset({"consume"}))
    delivering = await build(service_settings, frozenset({"deliver"}))
    try:
        async with running([*without_http(planning), *without_http(delivering)]):
            await publisher.knows_acme()
            await publisher.says(w.opened(w.snapshot()))
            await until(lambda: mails(sandbox, 2))
    finally:
        await planning.close()
        await delivering.close()


async def test_a_rebuilt_database_knows_everything_and_tells_nobody(
    service_settings: Settings, publisher: Publisher, sandbox: Sandbox
) -> None:
    """Nobody was told before it: what comes next is the first word."""
    await publisher.knows_acme()
    await publisher.says(w.opened(w.snapshot()))
    await until(lambda: all_published(publisher))

    await rebuild(service_settings)
    parts = await build(service_settings, frozenset(ROLES))
    try:
        async with running(without_http(parts)):
            await publisher.says(w.updated(w.snapshot(sequence=2)))
            await until(lambda: mails(sandbox, 2))
    finally:
        await parts.close()

    subjects = [message["text"] for message in sandbox.messages(channel="email")]
    assert all("We found the cause." in text for text in subjects)


async def test_it_answers_for_its_health(service_settings: Settings) -> None:
    parts = await build(service_settings, frozenset({"http"}))
    [http] = [component for component in parts.components if component.name == "http"]
    app = http._server.config.app  # type: ignore[attr-defined]
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://dispatcher"
        ) as client:
            assert (await client.get("/livez")).status_code == 200
            assert (await client.get("/readyz")).json()["status"] == "ok"
            assert "tocsin_deliveries_planned_total" in (await client.get("/metrics")).text
            unknown = await client.get("/nothing")
            assert unknown.headers["content-type"] == "application/problem+json"
            assert unknown.json()["status"] == 404
    finally:
        await parts.close()


async def mails(sandbox: Sandbox, count: int) -> bool:
    return len(sandbox.messages(channel="email")) >= count


async def all_published(publisher: Publisher) -> bool:
    async with publisher.database.connection() as conn:
        return not await conn.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")


async def published(settings: Settings) -> set[str]:
    database = await Database.open(settings.database_url.get_secret_value())
    async with database.connection() as conn:
        rows = await conn.fetch("SELECT headers->>'ce_type' AS type FROM outbox")
    await database.close()
    return {row["type"] for row in rows}
