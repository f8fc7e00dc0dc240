"""What a digest told is told, once, to its own client, and counts."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from dispatcher.channels.port import Accepted, Rejected
from dispatcher.delivery import store
from dispatcher.delivery.folding import Folder
from dispatcher.delivery.model import Result
from dispatcher.delivery.retry import Next
from dispatcher.gating.model import Wait
from dispatcher.gating.rules import gate
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity
from tocsin_runtime.outbox import Outbox

from services.dispatcher.tests.facts import (
    acme,
    address,
    jo,
    opened,
    resolved,
)
from services.dispatcher.tests.minor import (
    IT_LEAD,
    SMS_AFTER_FIVE,
    gold_with,
    kinds,
    knows,
    later,
    minor,
    opens,
    promising,
    resolved_at,
    with_sms,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

WAITS = "waits for what else happens: another disruption was told just before"


async def outcomes(world: World, number: int) -> list[tuple[Kind, DeliveryState, str | None]]:
    """What the rest of the chain heard of one incident's rows."""
    return [
        (one.kind, one.state, one.reason)
        for event in await world.published(e.OutcomesRecorded)
        if event.incident_id == f"incident-{number}"
        for one in event.outcomes
    ]


async def test_where_the_digest_bounces_what_stands_in_goes_for_each(world: World) -> None:
    sms = with_sms(world)
    rule = IT_LEAD.model_copy(update={"fallback": SMS_AFTER_FIVE})
    phone = address("jo", email="jo@acme.example", phone="+49 30 1")
    await knows(world, gold_with(rule, group_minutes=Decimal(3)), people=[phone])
    for number in (1, 2, 3):
        await opens(world, number)
    world.channels[Channel.EMAIL].answer = lambda message, to: Rejected("550 no such mailbox")

    await later(world, minutes=3)
    await later(world, minutes=3)
    await later(world, minutes=3)

    assert kinds(world)[-1] is Kind.DIGEST
    assert {sent.kind for sent in sms.sent} <= {Kind.INITIAL, Kind.DIGEST}
    assert len(sms.sent) >= 1


async def test_where_the_digest_is_accepted_no_fallback_goes(world: World) -> None:
    sms = with_sms(world)
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
    phone = address("jo", email="jo@acme.example", phone="+49 30 1")
    await knows(world, gold_with(rule), people=[phone])
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)
    await later(world, hours=1)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    assert sms.sent == []


async def test_a_digest_cut_off_in_the_middle_is_sent_once(world: World) -> None:
    """The process ends after the digest was written and before it went."""
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    world.clock.advance(minutes=5)
    email: Any = world.channels[Channel.EMAIL]
    first = world.another_process()
    await first.worker.run_due()
    second = world.another_process()
    email.answer = lambda message, to: Accepted("id")
    await second.worker.run_due()

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]


async def test_two_processes_let_one_first_word_go_together(world: World) -> None:
    await knows(world, gold_with())
    for number in range(1, 6):
        await world.hears(opened(minor(world, number), audience=promising(world)))
    workers = [world.another_process().worker for _ in range(3)]

    await asyncio.gather(*(worker.run_due() for worker in workers))
    assert kinds(world) == [Kind.INITIAL]

    world.clock.advance(minutes=5)
    await asyncio.gather(*(worker.run_due() for worker in workers))
    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]


async def test_one_that_became_critical_while_the_gate_was_asked_does_not_wait(
    world: World,
) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await world.hears(opened(minor(world, 2), audience=promising(world)))
    now = world.clock.now()
    async with world.database.connection() as conn:
        [row] = await store.claim(
            conn, Channel.EMAIL, now=now, limit=9, lease="me", lease_seconds=60
        )
    verdict = gate(row.gated, now)
    assert isinstance(verdict, Wait)

    await world.hears(
        e.IncidentChanged(
            incident=minor(world, 2, severity=Severity.SEV1),
            audience_version=1,
            actor="key:noc",
            changed=("severity",),
            before=e.Before(severity=Severity.SEV3),
        )
    )
    waits = Next(DeliveryState.WAITING, verdict.why, due_at=verdict.until)
    async with world.database.transaction() as conn:
        await store.record(conn, [Result(row, waits, now, False, row.thread)], lease="me")
    await world.deliver()

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]


async def test_one_mailbox_of_two_clients_gets_a_digest_for_each(world: World) -> None:
    """A consultant reads for both: neither reads of the other's outages."""
    beta = acme(jo(), key="beta", name="Beta AG")
    consultant = [address("jo", key, email="jo@consult.example") for key in ("acme", "beta")]
    await knows(world, gold_with(), beta, people=consultant)
    for number in range(1, 7):
        key, name = ("acme", "Acme") if number % 2 else ("beta", "Beta")
        incident = minor(world, number, title=f"{name} {number}")
        await world.hears(opened(incident, audience=promising(world, client_key=key)))
        await world.deliver()
    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]

    await later(world, minutes=5)

    assert kinds(world)[2:] == [Kind.DIGEST, Kind.DIGEST]
    for row in await world.rows(kind="digest"):
        told = await world.rows(folded_into=row["id"])
        assert {one["client_key"] for one in told} == {row["client_key"]}
    for sent in world.mails[2:]:
        assert ("Beta AG" in sent.message.text) != ("ACME" in sent.message.text)


async def test_what_a_digest_told_is_told(world: World) -> None:
    """Its promise is kept, and what follows goes on as usual."""
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)

    clock = "told in the digest of 09:57 CET"
    assert await outcomes(world, 2) == [
        (Kind.INITIAL, DeliveryState.WAITING, WAITS),
        (Kind.INITIAL, DeliveryState.SUPERSEDED, clock),
        (Kind.DIGEST, DeliveryState.ACCEPTED, None),
        (Kind.INITIAL, DeliveryState.ACCEPTED, clock),
    ]
    assert await outcomes(world, 3) == [
        (Kind.INITIAL, DeliveryState.WAITING, WAITS),
        (Kind.INITIAL, DeliveryState.SUPERSEDED, clock),
        (Kind.INITIAL, DeliveryState.ACCEPTED, clock),
    ]
    planned = (await world.published(e.NotificationPlanned))[-1]
    [row] = planned.deliveries
    assert planned.kind is Kind.DIGEST
    assert row.because == "INC-2 and INC-3 in one message"

    await later(world, minutes=10)
    await world.hears(resolved(resolved_at(world, 3)))
    await world.deliver()
    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST, Kind.RESOLVED]


async def test_a_lease_that_is_renewed_while_a_digest_is_made_delays_no_message(
    world: World,
) -> None:
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    world.clock.advance(minutes=5)
    async with world.database.transaction() as renewing:
        claimed = await store.claim(
            renewing,
            Channel.EMAIL,
            now=world.clock.now(),
            limit=1,
            lease="me",
            lease_seconds=60,
        )
    folder = Folder(
        database=world.database, outbox=Outbox(world.database), clock=world.clock, lease="me"
    )
    async with world.database.transaction() as renewing:
        held = [row.id for row in claimed]
        await store.renew(renewing, lease="me", lease_seconds=60, held=held)
        folding = asyncio.create_task(folder.fold(claimed[0]))
        await somebody_waits_for_a_lock(world)
    assert await folding

    assert len(await world.rows(kind="digest")) == 1
    assert await world.rows(state="sending") == []


async def somebody_waits_for_a_lock(world: World) -> None:
    async with asyncio.timeout(10), world.database.connection() as conn:
        while not await conn.fetchval("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)"):
            pass
