"""ACME has the plan gold: a word every 30 minutes, each accepted by somebody, or it is broken."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import DeliveryState, Kind, Promise, Severity

from services.escalation.tests.dispatching import planned, told
from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def outage_told(world: World, *clients: str) -> Outage:
    """Opened at 0 and told at once; acknowledged, so that no step calls; next word by 30."""
    outage = Outage(world, Severity.SEV2, clients or ("acme",))
    outage.promise(first=10, word=30)
    await outage.opens(kind=Kind.INITIAL)
    await outage.is_acknowledged()
    outage.said = outage.opening
    await told(outage)
    return outage


async def test_the_first_word_is_kept_once_it_was_accepted(world: World) -> None:
    await outage_told(world)

    [kept] = await world.published(e.PromiseKept)
    assert (kept.promise, kept.client_keys, kept.kind) == (Promise.FIRST_NOTICE, ("acme",), None)
    assert world.minute(kept.done_at) == 0
    assert (kept.kept, kept.promised) == (1, 1)


async def test_nothing_written_by_25_nudges_the_noc(world: World) -> None:
    await outage_told(world)
    await world.at(24)
    assert await world.published(e.UpdateDue) == []

    await world.at(25)
    [due] = await world.published(e.UpdateDue)
    assert due.kind is Kind.UPDATE_OVERDUE
    assert (world.minute(due.due_at), due.client_keys) == (30, ("acme",))
    assert due.next_due_at is not None
    # 08:52 + 60 minutes, rounded down to five.
    assert world.minute(due.next_due_at) == 58
    assert due.last_told_at is not None
    assert world.minute(due.last_told_at) == 0
    assert due.then is not None
    assert (due.then.name, world.minute(due.then.at)) == ("Ann Weiss", 40)
    assert due.notify == ()


async def test_the_update_at_34_is_broken_and_4_minutes_late(world: World) -> None:
    outage = await outage_told(world)
    await world.at(28)
    [at_risk] = await world.published(e.PromiseAtRisk)
    assert (world.minute(at_risk.at), at_risk.kind) == (28, Kind.SLA_AT_RISK)
    assert (at_risk.every_minutes, at_risk.kept, at_risk.promised) == (30, 1, 1)
    assert [one.name for one in at_risk.notify] == ["Ann Weiss"]

    await world.at(31)
    [overdue] = await world.published(e.UpdateOverdue)
    [broken] = await world.published(e.PromiseBreached)
    assert (world.minute(overdue.at), overdue.notify) == (30, ())
    assert (broken.done_at, broken.reason) == (None, "no update was written")
    assert [one.name for one in broken.notify] == ["Ann Weiss", "Eva Lang"]

    await world.at(34)
    await outage.is_updated(next_word=26)
    await told(outage)
    [_, late] = await world.published(e.PromiseBreached)
    assert late.done_at is not None
    assert world.minute(late.done_at) == 34
    assert (late.kept, late.promised) == (1, 2)
    assert (late.this_month_kept, late.this_month_promised) == (1, 2)
    assert (late.thread, at_risk.thread) == ("acme", "acme")


async def test_a_word_still_not_written_ten_minutes_later_reaches_the_account_manager(
    world: World,
) -> None:
    await outage_told(world)
    await world.at(90)

    [noc, manager] = await world.published(e.UpdateOverdue)
    assert (world.minute(noc.at), noc.notify) == (30, ())
    assert (world.minute(manager.at), [c.name for c in manager.notify]) == (40, ["Ann Weiss"])
    assert manager.then is None


async def test_an_update_in_time_keeps_the_promise_and_nobody_is_reminded(world: World) -> None:
    outage = await outage_told(world)
    await world.at(20)
    await outage.is_updated(next_word=40)
    await told(outage)
    await world.at(54)

    assert await world.published(e.UpdateDue) == []
    assert await world.published(e.PromiseAtRisk) == []
    [_, kept] = await world.published(e.PromiseKept)
    assert (kept.promise, world.minute(kept.due_at)) == (Promise.UPDATE, 30)


async def test_a_word_long_before_its_time_does_not_keep_the_promise(world: World) -> None:
    """It leaves the moment where it was, so another one is owed."""
    outage = await outage_told(world)
    await world.at(5)
    await outage.is_updated()
    await told(outage)
    await world.at(31)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.reason == "no update was written"
    [due, *_] = await world.published(e.UpdateDue)
    assert due.last_told_at is not None
    assert world.minute(due.last_told_at) == 5


async def test_written_in_time_and_not_accepted_is_broken_all_the_same(world: World) -> None:
    outage = await outage_told(world)
    await world.at(25)
    await outage.is_updated(next_word=35)
    message = await planned(outage)
    await world.at(31)
    [broken] = await world.published(e.PromiseBreached)
    assert broken.reason == "the message was not accepted in time"

    await world.at(33)
    await message.ends()
    [_, late] = await world.published(e.PromiseBreached)
    assert late.done_at is not None
    assert world.minute(late.done_at) == 33


async def test_proof_that_comes_four_seconds_after_the_moment_accuses_nobody(world: World) -> None:
    outage = await outage_told(world)
    await world.at(25)
    await outage.is_updated(next_word=35)
    message = await planned(outage)
    await world.at(30 + 4 / 60, look_every=1 / 60)
    await message.ends(at=29.9)
    await world.at(32)

    assert await world.published(e.PromiseBreached) == []
    assert len(await world.published(e.PromiseKept)) == 2


async def test_each_notify_rule_needs_somebody(world: World) -> None:
    outage = await outage_told(world)
    await world.at(25)
    await outage.is_updated(next_word=35)
    message = await planned(outage, rules=(0, 1))
    await message.ends(rules=(0,))
    await message.ends(DeliveryState.FAILED, rules=(1,), reason="550 no such user.")
    await world.at(31)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.reason == "Jo Frei 1 was not reached by email: 550 no such user"


async def test_a_rule_with_nobody_to_write_to_cannot_be_kept(world: World) -> None:
    outage = await outage_told(world)
    await world.at(25)
    await outage.is_updated(next_word=35)
    nobody = await planned(
        outage, rules=(1,), state=DeliveryState.SKIPPED, reason="Jo Frei has no sms address"
    )
    nobody.rows += (await planned(outage, rules=(0,))).rows
    await nobody.ends(rules=(0,))
    await world.at(31)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.reason == "there was nobody to write to: Jo Frei has no sms address"


async def test_waiting_for_approval_is_no_excuse_and_the_reason_says_so(world: World) -> None:
    outage = await outage_told(world)
    await world.at(25)
    await outage.is_updated(next_word=35)
    waits = "waits for a yes of Ann Weiss until 10:27 CET"
    message = await planned(outage, state=DeliveryState.WAITING, reason=waits)
    await world.at(29)
    await message.ends(DeliveryState.PENDING, reason="approved by Ann Weiss")
    await world.at(31)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.reason == "the message waited for a yes of Ann Weiss until 10:27 CET"


async def test_a_newer_update_carries_the_word_of_one_that_it_replaced(world: World) -> None:
    outage = await outage_told(world)
    await world.at(20)
    await outage.is_updated(next_word=40)
    replaced = await planned(outage)
    await world.at(28)
    await outage.is_updated(next_word=32)
    newer = await planned(outage)
    await replaced.ends(DeliveryState.SUPERSEDED, reason="replaced by a newer update")
    await newer.ends()

    [_, kept] = await world.published(e.PromiseKept)
    assert (world.minute(kept.due_at), world.minute(kept.done_at)) == (30, 28)


async def test_what_the_dispatcher_tells_before_the_incident_is_heard_of_counts(
    world: World,
) -> None:
    """Two topics have no order between them."""
    outage = Outage(world, Severity.SEV2)
    outage.promise(first=10, word=30)
    opening = outage.event(e.IncidentOpened, audience=outage.audience(), kind=Kind.INITIAL)
    outage.said = opening  # type: ignore[assignment]
    await told(outage)
    await world.feed_incidents(opening)

    assert len(await world.published(e.PromiseKept)) == 1


async def test_a_correction_is_not_the_promised_word(world: World) -> None:
    outage = await outage_told(world)
    await world.at(25)
    await outage.is_corrected()
    await told(outage)
    await world.at(31)

    [broken] = await world.published(e.PromiseBreached)
    assert broken.reason == "no update was written"


async def test_a_telephone_call_keeps_the_promise_wholly(world: World) -> None:
    outage = await outage_told(world)
    await world.at(20)
    await outage.has_rung("acme")
    await world.at(60)

    [_, kept] = await world.published(e.PromiseKept)
    assert (kept.promise, world.minute(kept.done_at)) == (Promise.UPDATE, 20)
    assert await world.published(e.UpdateDue) == []


async def test_a_call_noted_afterwards_clears_a_promise_called_broken(world: World) -> None:
    outage = await outage_told(world)
    await world.at(45)
    [broken] = await world.published(e.PromiseBreached)
    assert broken.done_at is None

    await outage.has_rung("acme", minute=28)
    kept = (await world.published(e.PromiseKept))[-1]
    assert (world.minute(kept.due_at), world.minute(kept.done_at)) == (30, 28)
    assert (kept.kept, kept.promised) == (2, 2)


async def test_a_call_noted_days_later_still_clears_it_in_reports_and_disturbs_nobody(
    world: World,
) -> None:
    outage = await outage_told(world)
    await world.at(45)
    await outage.is_resolved()
    await world.at(45 + 50 * 60, look_every=60)

    await outage.has_rung("acme", minute=28)

    kept = (await world.published(e.PromiseKept))[-1]
    assert (kept.promise, world.minute(kept.due_at)) == (Promise.UPDATE, 30)
    assert (world.minute(kept.done_at), kept.kind) == (28, None)
