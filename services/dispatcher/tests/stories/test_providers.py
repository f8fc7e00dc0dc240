"""Providers that fail: the next one takes over, the failed one is left alone and tried again."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from dispatcher.channels.email import EmailChannel
from dispatcher.channels.failover import over
from dispatcher.channels.health import PRIMARY, SECONDARY, HealthRegistry
from dispatcher.channels.port import RetryLater, Unknown
from dispatcher.channels.smtp_settings import name_of
from dispatcher.delivery.channel_routes import channel_routes
from dispatcher.delivery.health_keeper import HealthKeeper
from starlette.applications import Starlette
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, Circuit, Kind, Severity
from tocsin_runtime.egress import Egress
from tocsin_runtime.outbox import Outbox

from devstack.sandbox.server import Sandbox
from devstack.sandbox.server import Settings as SandboxSettings
from services.dispatcher.tests.conformance.provider import settings_for
from services.dispatcher.tests.facts import address, updated
from services.dispatcher.tests.minor import gold_with, knows, later, minor, opens
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

PHONE = "+49 30 23125207"
BY_SMS = NotifyRule(roles=("it_lead",), channels=(Channel.SMS,))


class Telephones:
    """Two providers of text messages; ``health`` as this process keeps it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.first, self.second = PlayedChannel(Channel.SMS), PlayedChannel(Channel.SMS)
        self.health = HealthRegistry(world.clock)

    def set_up(self, *, alone: bool = False) -> None:
        providers: dict[str, Any] = {PRIMARY: self.first}
        if not alone:
            providers[SECONDARY] = self.second
        watched = self.health.watch(Channel.SMS, *providers)
        channels: dict[Channel, Any] = {
            **self.world.channels,
            Channel.SMS: over(providers, watched),
        }
        self.world.channels = channels
        self.world.health = self.health
        self.world.core = self.world.another_process()
        database, clock = self.world.database, self.world.clock
        self.keeper = HealthKeeper(database, Outbox(database), clock, self.health)

    def fails(self) -> None:
        self.first.answer = lambda message, to: RetryLater("503 unavailable", provider_down=True)

    def works(self) -> None:
        self.first.answer = None

    async def told(self) -> list[tuple[str, Circuit]]:
        await self.keeper.flush()
        events = await self.world.published(e.ChannelStateChanged)
        return [(one.provider, one.state) for one in events]

    async def shown(self) -> dict[str, Any]:
        """``GET /v1/channels``, for text messages."""
        world = self.world
        routes = channel_routes(world.database, world.clock, self.health, (Channel.SMS,))
        transport = httpx.ASGITransport(Starlette(routes=routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://internal") as client:
            (item,) = (await client.get("/v1/channels")).json()["items"]
        return dict(item)


async def ready(world: World, *, alone: bool = False) -> Telephones:
    phones = Telephones(world)
    phones.set_up(alone=alone)
    with_phone = address("jo", email="jo@acme.example", phone=PHONE)
    await knows(world, gold_with(BY_SMS), people=[with_phone])
    return phones


async def says_more(world: World, times: int = 1) -> None:
    """Further outages, each a message of its own."""
    for number in range(times):
        await opens(world, 3000 + number + len(await world.rows()), severity=Severity.SEV1)


async def test_a_message_that_the_first_provider_cannot_take_goes_over_the_second(
    world: World,
) -> None:
    phones = await ready(world)
    phones.fails()

    await opens(world, severity=Severity.SEV1)

    assert len(phones.second.sent) == 1
    [row] = await world.rows(channel="sms")
    assert (row["state"], row["attempts"]) == ("accepted", 1)


async def test_after_five_failures_the_first_is_not_even_asked(world: World) -> None:
    phones = await ready(world)
    phones.fails()

    await says_more(world, 8)

    assert len(phones.first.sent) == 5
    assert len(phones.second.sent) == 8
    assert await phones.told() == [(PRIMARY, Circuit.OPEN)]


async def test_it_is_tried_with_one_message_at_a_time_and_used_again(world: World) -> None:
    phones = await ready(world)
    phones.fails()
    await says_more(world, 5)
    await later(world, seconds=30)
    phones.works()

    await says_more(world, 4)

    assert len(phones.first.sent) == 5 + 4
    assert len(phones.second.sent) == 5
    assert phones.health.states()[0].state is Circuit.CLOSED


async def test_a_message_that_may_have_been_taken_goes_over_no_other(world: World) -> None:
    phones = await ready(world)
    phones.first.answer = lambda message, to: Unknown("the answer was lost")

    await opens(world, severity=Severity.SEV1)

    assert phones.second.sent == []


async def test_one_that_gives_no_clear_answer_is_left_alone(world: World) -> None:
    phones = await ready(world)
    phones.first.answer = lambda message, to: Unknown("it was in trouble itself")

    await says_more(world, 5)
    assert phones.second.sent == []
    assert phones.health.states()[0].state is Circuit.OPEN

    await says_more(world, 1)

    assert phones.second.sent != []


async def test_an_address_that_is_refused_says_nothing_of_the_provider(world: World) -> None:
    phones = await ready(world)
    phones.first.answer = lambda message, to: RetryLater("the mailbox is full")

    await says_more(world, 8)

    assert len(phones.first.sent) == 8
    assert phones.second.sent == []
    assert await phones.told() == []


async def test_with_no_provider_left_rows_wait_and_what_is_most_urgent_tries_first(
    world: World,
) -> None:
    phones = await ready(world, alone=True)
    phones.fails()
    await says_more(world, 5)
    await opens(world, 2001, severity=Severity.SEV3)
    await opens(world, 2002, severity=Severity.SEV1)
    asked = len(phones.first.sent)

    phones.works()
    world.clock.advance(seconds=30)
    await world.deliver()

    assert asked == 5
    after = [sent.message.subject for sent in phones.first.sent[asked:]]
    assert len(after) >= 7
    probes = after[:3]
    assert not any("[INC-2001]" in subject for subject in probes)


async def test_what_waits_for_a_provider_is_replaced_by_what_is_newer(world: World) -> None:
    phones = await ready(world, alone=True)
    phones.fails()
    await says_more(world, 5)
    await opens(world, 2001, severity=Severity.SEV1)
    phones.works()
    await world.hears(updated(minor(world, 2001, severity=Severity.SEV1)))
    await world.hears(updated(minor(world, 2001, severity=Severity.SEV1)))

    world.clock.advance(minutes=1)
    await world.deliver()

    about = [row for row in await world.rows(channel="sms") if row["incident_id"].endswith("2001")]
    assert [row["state"] for row in about] == ["accepted", "superseded", "accepted"]


async def test_how_the_channel_does_is_shown(world: World) -> None:
    phones = await ready(world, alone=True)
    phones.fails()
    await says_more(world, 5)
    await opens(world, 2001, severity=Severity.SEV1)
    await phones.keeper.flush()

    shown = await phones.shown()

    assert shown["state"] == "open"
    assert shown["backlog"] == 1
    assert shown["oldest_due_at"] is not None
    assert shown["last_error"] == "503 unavailable"
    assert [one["provider"] for one in shown["providers"]] == [PRIMARY]


# ── held by a person ────────────────────────────────────────────────────────────────────────────


async def pauses(world: World, channel: Channel = Channel.SMS) -> None:
    now = world.clock.now()
    await world.hears(
        e.ChannelPaused(channel=channel, actor="user:ann", reason="wrong sender", at=now)
    )


async def resumes(world: World, channel: Channel = Channel.SMS) -> None:
    now = world.clock.now()
    await world.hears(e.ChannelResumed(channel=channel, actor="user:ann", at=now))
    await world.deliver()


async def test_nothing_goes_out_on_a_channel_that_a_person_holds(world: World) -> None:
    phones = await ready(world)
    await pauses(world)

    await opens(world, severity=Severity.SEV1)
    assert phones.first.sent == []
    shown = await phones.shown()
    assert (shown["state"], shown["paused_by"]) == ("paused", "user:ann")
    assert (shown["paused_reason"], shown["backlog"]) == ("wrong sender", 1)

    await resumes(world)
    assert len(phones.first.sent) == 1
    told = await world.published(e.ChannelStateChanged)
    assert [one.paused_by for one in told] == ["user:ann", None]


async def test_what_waits_on_a_held_channel_is_replaced_by_what_is_newer(world: World) -> None:
    phones = await ready(world)
    await pauses(world)
    await opens(world, severity=Severity.SEV1)
    for _ in range(2):
        await world.hears(updated(minor(world, severity=Severity.SEV1)))
        await world.deliver()

    await resumes(world)

    assert [sent.kind for sent in phones.first.sent] == [Kind.INITIAL, Kind.UPDATE]


async def test_a_held_channel_holds_up_no_other(world: World) -> None:
    phones = await ready(world)
    both = NotifyRule(roles=("it_lead",), channels=(Channel.SMS, Channel.EMAIL))
    await knows(
        world, gold_with(both), people=[address("jo", email="jo@acme.example", phone=PHONE)]
    )
    await pauses(world)

    await opens(world, severity=Severity.SEV1)

    assert phones.first.sent == []
    assert len(world.mails) == 1


# ── one relay dead for an hour ──────────────────────────────────────────────────────────────────


async def test_one_relay_dead_for_an_hour_costs_nobody_a_mail(
    world: World, sandbox: Sandbox
) -> None:
    """Real mail servers: the first is gone for an hour, the second elsewhere takes over."""
    async with Sandbox(SandboxSettings()) as first:
        port = first.smtp_port
    health = HealthRegistry(world.clock)
    listed = [
        {"host": "127.0.0.1", "port": port, "tls": "none", "name": "here"},
        {"host": "127.0.0.1", "port": sandbox.smtp_port, "tls": "none", "name": "elsewhere"},
    ]
    given = settings_for(sandbox, smtp_relays=json.dumps(listed), smtp_reply_seconds=2)
    watched = health.watch(Channel.EMAIL, *(name_of(relay) for relay in given.relays()))
    email = EmailChannel(given, Egress(loopback_only=True), health=watched)
    channels: dict[Channel, Any] = {**world.channels, Channel.EMAIL: email}
    world.channels = channels
    world.health = health
    world.core = world.another_process()
    await world.knows_acme()

    for ten_minutes in range(6):
        for number in range(8):
            await opens(world, 2000 + 10 * ten_minutes + number, severity=Severity.SEV1)
        world.clock.advance(minutes=10)

    rows = await world.rows(channel="email")
    assert len(rows) == len(sandbox.messages()) >= 48
    assert {(row["state"], row["attempts"]) for row in rows} == {("accepted", 1)}
    here, elsewhere = health.states()
    assert (here.state, elsewhere.state) == (Circuit.OPEN, Circuit.CLOSED)
    assert "did not answer" in (here.reason or "")
    await email.close()
