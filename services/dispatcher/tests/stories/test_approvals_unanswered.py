"""The approver does not answer in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.channels.port import RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.words import (
    Channel,
    Kind,
    OnNoAnswer,
    Status,
)

from services.dispatcher.tests.approving import (
    answers,
    asked,
    ends,
    opens,
    the_deadline_passes,
    to,
    wants_a_yes,
)
from services.dispatcher.tests.facts import (
    START,
    closed,
    resolved,
    updated,
)
from services.dispatcher.tests.plain_text import without_links
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_without_an_answer_it_goes_as_it_is_where_the_plan_says_so(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.SEND)
    await opens(world)
    await the_deadline_passes(world)

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert await ends(world) == [("Ann Weiss did not answer by 09:59 CET: it goes as it is", True)]


async def test_without_an_answer_the_holding_notice_goes_and_the_first_notice_waits_on(
    world: World,
) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await the_deadline_passes(world)

    [holding] = to(world, "jo")
    assert holding.kind is Kind.HOLDING_NOTICE
    assert "Next update by" in holding.message.text or "by 10:30 CET" in holding.message.text
    assert await ends(world) == []

    await answers(world)
    assert [sent.kind for sent in to(world, "jo")] == [Kind.HOLDING_NOTICE, Kind.INITIAL]
    thread = to(world, "jo")[1].message.thread
    assert thread.root_id == holding.message.thread.message_id


async def test_the_holding_notice_in_place_of_it_is_told_to_the_others(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await the_deadline_passes(world)

    planned = [(one.kind, one.deliveries) for one in await world.published(e.NotificationPlanned)]
    [deliveries] = [rows for kind, rows in planned if kind is Kind.HOLDING_NOTICE]
    assert [(one.person, one.rules) for one in deliveries] == [("jo", (0,))]


async def test_who_has_a_holding_notice_gets_no_second_one(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await the_deadline_passes(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    world.clock.advance(minutes=30)
    await world.core.timers.fire_due()
    await world.deliver()

    assert [sent.kind for sent in to(world, "jo")] == [Kind.HOLDING_NOTICE]
    assert [sent.kind for sent in to(world, "eva")] == [Kind.STAFF_NOTE]


async def test_who_is_asked_after_the_holding_notice_reads_that_none_goes_any_more(
    world: World,
) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    assert "holding notice goes out by itself" in to(world, "ann")[-1].message.text
    await the_deadline_passes(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()

    again = to(world, "ann")[-1].message
    assert again.kind is Kind.APPROVAL_REQUEST
    assert "holding notice goes out by itself" not in again.text
    assert "Eva Lang" in again.text
    assert (await asked(world)).on_no_answer is OnNoAnswer.ALERT


async def test_without_an_answer_the_escalation_manager_hears_and_can_still_say_yes(
    world: World,
) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.ALERT)
    await opens(world)
    await the_deadline_passes(world)

    assert to(world, "jo") == []
    [note] = to(world, "eva")
    assert note.kind is Kind.STAFF_NOTE
    async with world.database.connection() as conn:
        notice = await conn.fetchval("SELECT notice FROM messages WHERE kind = 'staff_note'")
    assert notice["fact"] == (
        "Ann Weiss did not answer by 09:59 CET: the first notice to ACME GmbH about INC-2041 is"
        " not sent until somebody approves it, nor is what comes after the end: closing note,"
        " review and feedback. If nobody does within 24 hours, it is given up and they go."
    )
    assert "https://tocsin.example/approve/" in note.message.text
    await answers(world, by="Eva Lang")
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]


async def test_what_comes_after_the_end_waits_for_the_yes_and_goes_when_it_is_given_up(
    world: World,
) -> None:
    await wants_a_yes(world, Kind.RESOLVED, on_no_answer=OnNoAnswer.ALERT)
    await opens(world)
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED)))
    await world.hears(closed(world.snapshot(status=Status.CLOSED)))
    await world.deliver()
    [closure] = await world.rows(kind="closure")
    assert (closure["state"], closure["reason"]) == (
        "waiting",
        "waits for a yes of Ann Weiss to what comes before it",
    )

    world.clock.advance(hours=1)
    await world.core.timers.fire_due()
    await world.deliver()
    world.clock.advance(hours=23, minutes=59)
    await world.core.timers.fire_due()
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]

    world.clock.advance(minutes=2)
    await world.core.timers.fire_due()
    await world.deliver()
    after = [Kind.INITIAL, Kind.CLOSURE, Kind.FEEDBACK_REQUEST]
    assert [sent.kind for sent in to(world, "jo")] == after
    [unsent] = await world.rows(kind="resolved")
    assert (unsent["state"], unsent["reason"]) == ("skipped", "nobody said yes within 24 hours")
    assert await ends(world) == [("nobody said yes within 24 hours", False)]


async def test_after_the_deadline_it_says_that_nobody_answered_by_then(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.ALERT)
    await opens(world)
    await the_deadline_passes(world)

    why = "waits for a yes: Ann Weiss did not answer by 09:59 CET"
    [row] = await world.rows(kind="initial")
    assert (row["state"], row["reason"]) == ("waiting", why)
    recorded = await world.published(e.OutcomesRecorded)
    outcomes = [one for event in recorded for one in event.outcomes if one.kind is Kind.INITIAL]
    assert [(one.state.value, one.reason) for one in outcomes] == [("waiting", why)]


async def test_any_other_kind_goes_as_it_is_where_a_holding_notice_would_not_fit(
    world: World,
) -> None:
    await wants_a_yes(world, Kind.UPDATE, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert (await asked(world)).decide_by == START + timedelta(minutes=35)

    world.clock.set(START + timedelta(minutes=35))
    await world.core.timers.fire_due()
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL, Kind.UPDATE]


async def test_what_goes_at_the_promised_moment_was_asked_without_that_promise(
    world: World,
) -> None:
    await wants_a_yes(world, Kind.UPDATE, on_no_answer=OnNoAnswer.SEND, minutes_before=0)
    await opens(world)
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    request = await asked(world)
    assert request.decide_by == START + timedelta(minutes=38)
    assert "10:30" not in request.body

    world.clock.set(request.decide_by + timedelta(seconds=24))
    await world.core.timers.fire_due()
    await world.deliver()
    sent = to(world, "jo")[-1].message
    assert sent.kind is Kind.UPDATE
    assert request.body.rstrip() == without_links(sent.text)


async def test_a_holding_notice_still_to_go_gives_way_to_the_first_notice_once_it_has_its_yes(
    world: World,
) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    email = world.channels[Channel.EMAIL]
    email.answer = lambda *_: RetryLater("connection refused")
    await the_deadline_passes(world)
    email.sent.clear()
    email.answer = None
    await answers(world)
    world.clock.advance(minutes=5)
    await world.deliver()

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    [holding] = await world.rows(kind="holding_notice")
    assert (holding["state"], holding["reason"]) == ("superseded", "replaced by a newer initial")
