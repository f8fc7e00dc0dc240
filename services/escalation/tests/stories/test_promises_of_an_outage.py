"""What an incident's course does to the promises of its clients."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Promise, Severity, Status, Visibility

from services.escalation.tests.dispatching import planned, told
from services.escalation.tests.outage import Outage
from services.escalation.tests.stories.test_promised_word import outage_told
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def internal(world: World) -> Outage:
    """Nobody has published it; the first word is promised by 10, for it was known at 0."""
    outage = Outage(world, Severity.SEV2)
    outage.promise(first=10)
    await outage.opens(visibility=Visibility.INTERNAL)
    await outage.is_acknowledged()
    return outage


async def test_an_internal_incident_owes_the_first_word_all_the_same(world: World) -> None:
    await internal(world)
    await world.at(11)

    [broken] = await world.published(e.PromiseBreached)
    assert (broken.promise, broken.reason) == (Promise.FIRST_NOTICE, "no first word was written")
    assert await world.published(e.UpdateDue) == []


async def test_a_holding_notice_keeps_the_first_word_and_owes_the_next(world: World) -> None:
    outage = await internal(world)
    await world.at(8)
    await outage.has_holding_notice(next_word=20)
    await told(outage)

    [kept] = await world.published(e.PromiseKept)
    assert (kept.promise, kept.by_holding_notice) == (Promise.FIRST_NOTICE, True)
    await world.at(24)
    [due] = await world.published(e.UpdateDue)
    assert world.minute(due.due_at) == 28


async def test_a_holding_notice_in_place_of_a_first_notice_without_a_yes(world: World) -> None:
    """The dispatcher sends it for the very event whose message waits for approval."""
    outage = Outage(world, Severity.SEV2)
    outage.promise(first=10, word=30)
    await outage.opens(kind=Kind.INITIAL)
    await planned(outage)
    await world.at(7)
    await (await planned(outage, kind=Kind.HOLDING_NOTICE)).ends()

    [kept] = await world.published(e.PromiseKept)
    assert (kept.by_holding_notice, world.minute(kept.done_at)) == (True, 7)


async def test_another_severity_starts_the_promises_again(world: World) -> None:
    outage = await outage_told(world)
    await world.at(12)
    await outage.has_severity(Severity.SEV1, next_word=16)
    await told(outage)
    await world.at(26)

    [_, kept] = await world.published(e.PromiseKept)
    assert (world.minute(kept.due_at), world.minute(kept.done_at)) == (30, 12)
    [due] = await world.published(e.UpdateDue)
    assert (world.minute(due.at), world.minute(due.due_at)) == (23, 28)


async def test_the_resolve_is_the_word_and_owes_the_closing_note(world: World) -> None:
    outage = await outage_told(world)
    await world.at(26)
    await outage.is_resolved(closure=48 * 60)
    await told(outage)
    await world.at(46 * 60 + 30, look_every=30)

    kept = await world.published(e.PromiseKept)
    assert [one.promise for one in kept] == [Promise.FIRST_NOTICE, Promise.UPDATE]
    [at_risk] = await world.published(e.PromiseAtRisk)
    assert (at_risk.promise, at_risk.every_minutes) == (Promise.CLOSURE, None)

    await outage.is_closed()
    await told(outage)
    assert (await world.published(e.PromiseKept))[-1].promise is Promise.CLOSURE
    await world.at(60 * 60, look_every=60)
    assert await world.published(e.PromiseBreached) == []


async def test_a_false_alarm_ends_every_promise_in_silence(world: World) -> None:
    outage = await outage_told(world)
    await world.at(20)
    await outage.is_cancelled()
    await told(outage)
    await world.at(90)

    assert len(await world.published(e.PromiseKept)) == 1
    assert await world.published(e.PromiseBreached) == []


async def test_after_a_reopening_the_next_word_is_owed_and_no_closing_note(world: World) -> None:
    outage = await outage_told(world)
    await world.at(10)
    await outage.is_resolved(closure=60)
    await told(outage)
    await world.at(20)
    await outage.is_reopened(next_word=30)
    await told(outage)
    await world.at(80)

    [broken] = await world.published(e.PromiseBreached)
    assert (broken.promise, world.minute(broken.due_at)) == (Promise.UPDATE, 50)


async def test_a_client_that_leaves_is_owed_nothing_more(world: World) -> None:
    outage = await outage_told(world, "acme", "beta")
    await world.at(10)
    await outage.has_audience("beta")
    await world.at(31)

    assert {one.client_keys for one in await world.published(e.PromiseBreached)} == {("beta",)}


async def test_a_client_that_joins_is_promised_its_own_first_word(world: World) -> None:
    outage = await outage_told(world, "acme")
    await world.at(10)
    outage.first_due["beta"] = world.clock.now() + timedelta(minutes=10)
    await outage.has_audience("acme", "beta", kind=Kind.INITIAL, added=("beta",))
    await told(outage, "beta")

    first = [
        (one.client_keys[0], world.minute(one.due_at))
        for one in await world.published(e.PromiseKept)
    ]
    assert first == [("acme", 10), ("beta", 20)]


async def test_who_joins_when_the_first_moment_has_passed_was_not_promised_it(
    world: World,
) -> None:
    """An internal incident counts from when it was known, whoever turns out to be concerned."""
    outage = await internal(world)
    await world.at(12)
    outage.first_due["beta"] = outage.first_due["acme"]
    await outage.has_audience("acme", "beta", added=("beta",))
    await world.at(20)

    assert [one.client_keys for one in await world.published(e.PromiseBreached)] == [("acme",)]


async def test_a_word_to_some_leaves_the_promise_to_the_others(world: World) -> None:
    outage = await outage_told(world, "acme", "beta")
    await world.at(20)
    await outage.is_updated(next_word=40, clients=("acme",))
    await told(outage, "acme")
    await world.at(31)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.client_keys == ("beta",)
    [due, *_] = await world.published(e.UpdateDue)
    assert due.client_keys == ("beta",)


async def test_part_of_another_outage_owes_nothing_and_calls_nobody(world: World) -> None:
    outage = await outage_told(world)
    await world.at(20)
    await outage.is_linked("INC-2040")
    await world.at(200)

    assert await world.published(e.PromiseBreached) == []
    assert await world.published(e.UpdateDue) == []
    assert await world.calls() == []
    [stopped] = await world.published(e.EscalationStopped)
    assert stopped.reason == "Part of INC-2040."


async def test_alone_again_it_owes_words_and_calls_people(world: World) -> None:
    outage = await outage_told(world)
    await world.at(20)
    await outage.is_linked("INC-2040")
    await world.at(60)
    await outage.is_linked(None)
    outage.promise(first=10, word=30)
    await outage.has_audience("acme", kind=Kind.INITIAL, added=("acme",))
    await told(outage)
    await world.at(180)

    kept = await world.published(e.PromiseKept)
    assert [world.minute(one.due_at) for one in kept] == [10, 70]

    [broken] = await world.published(e.PromiseBreached)
    assert world.minute(broken.due_at) == 90
    assert "Eva Lang" in [name for _, name in await world.calls()]


async def test_a_child_from_the_start_owes_nothing(world: World) -> None:
    outage = Outage(world)
    outage.promise(first=10, word=30)
    await outage.opens(parent_id="0193-parent")
    await world.at(60)

    assert await world.calls() == []
    assert await world.published(e.PromiseBreached) == []


async def test_an_exercise_reminds_and_measures_nothing(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    outage.promise(first=10, word=30)
    await outage.opens(kind=Kind.INITIAL, drill=True)
    await outage.is_acknowledged()
    await world.at(45)

    assert len(await world.published(e.UpdateDue)) == 3
    assert await world.published(e.PromiseEvent) == []
    async with world.database.connection() as conn:
        found = await conn.fetch("SELECT DISTINCT drill FROM promises")
    assert [row["drill"] for row in found] == [True]


async def test_forty_clients_at_one_moment_are_one_reminder_and_one_message(world: World) -> None:
    clients = [f"client-{number:02}" for number in range(40)]
    await world.knows(*(world.client_changed(key, key.upper()) for key in clients))
    outage = await outage_told(world, *clients)
    await world.at(31)

    [due, overdue] = await world.published(e.UpdateDue)
    assert (len(due.client_keys), len(overdue.client_keys)) == (40, 40)
    for kind in (e.PromiseAtRisk, e.PromiseBreached):
        told_of = await world.published(kind)
        assert len(told_of) == 40
        [leading] = [one for one in told_of if one.kind is not None]
        others = [one.client_key for one in leading.together]
        assert sorted([*leading.client_keys, *others]) == clients
        assert {one.thread for one in told_of} == {"client-00"}
    assert outage.snapshot.status is Status.INVESTIGATING


async def test_a_service_that_was_away_says_what_broke_meanwhile_late(world: World) -> None:
    await outage_told(world)
    await world.at(20)
    await world.away_until(36)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.late_by_seconds == 355
    assert await world.published(e.PromiseAtRisk) == []
    [overdue] = await world.published(e.UpdateDue)
    assert isinstance(overdue, e.UpdateOverdue)
    assert overdue.late_by_seconds == 360


async def test_what_broke_a_day_ago_is_told_to_nobody(world: World) -> None:
    await outage_told(world)
    await world.at(20)
    await world.away_until(26 * 60)

    assert await world.published(e.PromiseBreached) == []
    assert await world.published(e.UpdateDue) == []
