"""Webhooks, addresses that change or go, and people we must not write to."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, Kind, Severity, StaffRole

from services.dispatcher.tests.facts import (
    acme,
    address,
    entry,
    gold,
    jo,
    opened,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration
HOOK = "https://acme.example/hooks/T0p-s3cret"


async def test_a_sealed_webhook_is_opened_only_to_be_called(world: World) -> None:
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.WEBHOOK,))
    plan = gold(**{severity.value: entry(rule) for severity in Severity})
    await world.knows_acme()
    await world.knows(plan, people=[address("jo", webhook=HOOK)])

    await world.hears(opened(world.snapshot()))
    await world.deliver()

    assert [sent.address for sent in world.channels[Channel.WEBHOOK].sent] == [HOOK]
    async with world.database.connection() as conn:
        dump = await conn.fetchval(
            """SELECT string_agg(r::text, '') FROM (
                 SELECT d::text AS r FROM deliveries d UNION ALL SELECT p::text FROM people p
                 UNION ALL SELECT m::text FROM messages m UNION ALL SELECT t::text FROM threads t
                 UNION ALL SELECT convert_from(body, 'utf8') FROM outbox) AS everything"""
        )
    assert "s3cret" not in dump


async def test_a_message_goes_to_the_address_of_the_moment_it_is_sent(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))

    await world.knows(people=[address("jo", email="moved@acme.example")])
    await world.deliver()
    await world.hears(updated(world.snapshot()))
    await world.deliver()

    moved = [sent for sent in world.mails if sent.address == "moved@acme.example"]
    assert [sent.kind for sent in moved] == [Kind.INITIAL, Kind.UPDATE]
    assert moved[1].message.thread.root_id == moved[0].message.thread.message_id
    assert "jo@acme.example" not in {sent.address for sent in world.mails}


async def test_who_is_removed_before_it_goes_gets_nothing(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))

    gone = e.ContactChanged(
        revision=0, client_key="acme", person="jo", name="Jo Frei", addresses=None
    )
    await world.knows(acme(jo()), people=[gone])
    await world.deliver()

    [row] = await world.rows(person="jo")
    assert (row["state"], row["reason"]) == ("skipped", "the address was removed meanwhile")
    assert {sent.address for sent in world.mails} == {"mia@acme.example"}


async def test_who_takes_over_a_role_takes_over_the_outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    await world.knows(
        acme(jo(key="kim", name="Kim Vogt")), people=[address("kim", email="kim@acme.example")]
    )
    await world.hears(updated(world.snapshot()))
    await world.deliver()

    later = [s.address for s in world.mails][2:]
    assert [address for address in later if "acme" in address] == ["kim@acme.example"]
    gone = [row for row in await world.rows(kind="update") if row["state"] == "skipped"]
    assert {row["person_name"]: row["reason"] for row in gone} == {
        "Mia Roth": "no longer a contact of ACME GmbH, and nobody holds that role now",
        "nobody": "nobody at ACME GmbH holds the role ceo",
    }


async def test_a_suppressed_address_gets_nothing_and_it_shows(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    async with world.database.connection() as conn:
        await conn.execute(
            """INSERT INTO suppressions (channel, destination, reason, since)
               SELECT channel, destination, 'asked to stop', now() FROM deliveries
               WHERE person = 'jo'"""
        )
    await world.deliver()

    [row] = await world.rows(person="jo")
    assert (row["state"], row["reason"]) == ("skipped", "suppressed: asked to stop")
    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    assert {(o.person, o.attempt) for o in outcomes} == {("jo", 0), ("mia", 1)}


async def test_another_client_with_the_same_role_hears_nothing(
    world: World,
) -> None:
    """Nobody outside the audience's clients gets a row, whoever shares a role with them."""
    beta = acme(jo(key="bo", name="Bo Lind"), key="beta", name="Beta AG")
    await world.knows_acme()
    await world.knows(beta, people=[address("bo", "beta", email="bo@beta.example")])

    await world.hears(opened(world.snapshot()))
    await world.deliver()

    assert {row["client_key"] for row in await world.rows()} == {"acme"}
    assert "bo@beta.example" not in {sent.address for sent in world.mails}
    assert all("Beta" not in sent.message.text for sent in world.mails)


async def test_a_hand_over_is_told_to_both_and_only_one_is_asked(world: World) -> None:
    await world.knows_acme()
    now = world.clock.now()
    await world.hears_escalation(
        e.EscalationHandedOver(
            incident=world.snapshot(),
            client_keys=("acme",),
            at=now,
            kind=Kind.ESCALATION_HANDED_OVER,
            person="ann",
            person_name="Ann Weiss",
            to=e.Called(person="tom", name="Tom Klein", role=StaffRole.DEPUTY),
            expires_at=now,
        )
    )
    await world.deliver()

    texts = {sent.address: sent.message.text for sent in world.mails}
    assert set(texts) == {"ann@nordlicht.example", "tom@nordlicht.example"}
    assert "/take/" in texts["tom@nordlicht.example"]
    assert "/take/" not in texts["ann@nordlicht.example"]
