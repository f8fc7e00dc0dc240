"""ACME's plan wants a person's yes: who is asked, what they read, and what an answer does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import (
    Decision,
    DeliveryState,
    Kind,
    Status,
)

from services.dispatcher.tests.approving import (
    DEADLINE,
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
    audience,
    concerned,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.plain_text import without_links
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_the_account_manager_reads_the_text_before_the_client_does(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)

    assert to(world, "jo") == []
    [request] = to(world, "ann")
    assert request.kind is Kind.APPROVAL_REQUEST
    assert request.message.subject.startswith("Approve by 09:59 CET: first notice to ACME GmbH")
    assert "https://tocsin.example/approve/" in request.message.text
    assert "Mail EU has been" in request.message.text
    event = await asked(world)
    assert (event.kind, event.people, event.decide_by) == (Kind.INITIAL, 1, DEADLINE)
    assert (event.approver, event.approver_name) == ("ann", "Ann Weiss")
    assert "Mail EU has been" in event.body
    [row] = await world.rows(person="jo")
    assert row["state"] == "waiting"
    assert row["reason"] == "waits for a yes of Ann Weiss until 09:59 CET"
    assert row["approval_id"] == event.approval_id


async def test_after_a_yes_it_goes_and_says_so(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world)

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert await ends(world) == [("Ann Weiss approved it at 09:52 CET", True)]
    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    mine = [o for o in outcomes if o.person == "jo"]
    assert [o.state for o in mine] == [DeliveryState.PENDING, DeliveryState.ACCEPTED]
    await the_deadline_passes(world)
    assert len(to(world, "jo")) == 1


async def test_what_ann_approved_is_what_jo_reads(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    event = await asked(world)
    await answers(world)

    [mail] = to(world, "jo")
    assert mail.message.subject == event.subject
    assert without_links(mail.message.text) == event.body.rstrip()


async def test_a_yes_to_another_text_lets_nothing_go(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world, content_sha256="0" * 64)

    assert to(world, "jo") == []
    assert await ends(world) == []


async def test_what_is_refused_never_goes(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world, Decision.REFUSE, reason="names the wrong system")

    [row] = await world.rows(person="jo")
    assert row["state"] == "skipped"
    assert row["reason"] == "Ann Weiss refused it at 09:52 CET: names the wrong system"
    assert await ends(world) == [(row["reason"], False)]
    await the_deadline_passes(world)
    assert to(world, "jo") == []


async def test_a_second_answer_changes_nothing(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world, Decision.REFUSE)
    await answers(world, Decision.APPROVE)

    assert to(world, "jo") == []


async def test_a_newer_text_voids_the_question_and_asks_afresh_with_all_there_is_to_say(
    world: World,
) -> None:
    await wants_a_yes(world)
    await opens(world)
    first = await asked(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()

    second = await asked(world)
    assert second.voids == first.approval_id
    assert second.content_sha256 != first.content_sha256
    assert second.kind is Kind.INITIAL
    assert await ends(world) == [("replaced by a newer initial", False)]
    await answers(world, approval_id=first.approval_id, content_sha256=first.content_sha256)
    assert to(world, "jo") == []

    await answers(world)
    [mail] = to(world, "jo")
    assert mail.kind is Kind.INITIAL
    assert "Mail EU has been" in mail.message.text
    assert "A controller has failed." in mail.message.text


async def test_each_further_text_keeps_what_the_ones_before_said(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.hears(updated(world.snapshot(), "Mail is being moved."))
    await answers(world)

    [mail] = to(world, "jo")
    assert "A controller has failed." in mail.message.text
    assert "Mail is being moved." in mail.message.text


async def test_a_question_that_was_not_sent_yet_is_not_asked_any_more(world: World) -> None:
    await wants_a_yes(world)
    await world.hears(opened(world.snapshot()))
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()

    assert len(to(world, "ann")) == 1
    states = [row["state"] for row in await world.rows(kind="approval_request")]
    assert states == ["skipped", "accepted"]


async def test_an_outage_over_before_the_yes_is_told_as_one_message_with_a_yes_of_its_own(
    world: World,
) -> None:
    await wants_a_yes(world)
    await opens(world)
    now = world.clock.advance(minutes=5)
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()
    assert to(world, "jo") == []
    assert (await asked(world)).kind is Kind.RESOLVED

    await answers(world)
    assert [sent.kind for sent in to(world, "jo")] == [Kind.RESOLVED]
    async with world.database.connection() as conn:
        notice = await conn.fetchval("SELECT notice FROM messages WHERE kind = 'resolved'")
    assert notice["initial_never_sent"] is True


async def test_kinds_that_the_plan_does_not_name_go_at_once(world: World) -> None:
    await wants_a_yes(world, Kind.CLOSURE)
    await opens(world)

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert await world.published(e.ApprovalRequested) == []


async def test_where_nobody_holds_the_role_the_noc_is_asked(world: World) -> None:
    await wants_a_yes(world, team={})
    await opens(world)

    assert [sent.kind for sent in to(world, "noc")] == [Kind.APPROVAL_REQUEST]
    assert (await asked(world)).approver == "noc"


async def test_a_promise_that_is_near_leaves_a_minute_to_read(world: World) -> None:
    await wants_a_yes(world)
    world.clock.set(START + timedelta(minutes=9))
    await opens(world)

    assert (await asked(world)).decide_by == world.clock.now() + timedelta(minutes=1)


async def test_a_client_that_is_concerned_no_more_needs_no_yes(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(client_key="other"), version=2),
            removed=("acme",),
        )
    )

    assert await ends(world) == [("no longer concerned by this incident", False)]


async def test_the_same_text_has_the_same_digest_in_every_process(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    first = await asked(world)
    async with world.database.connection() as conn:
        await conn.execute("DELETE FROM deliveries")
        await conn.execute("DELETE FROM approvals")
        await conn.execute("DELETE FROM incidents")
    world.core = world.another_process()
    world._sequence = 0
    await opens(world)

    second = await asked(world)
    assert second.approval_id != first.approval_id
    assert second.content_sha256 == first.content_sha256


async def test_a_yes_to_what_was_lost_is_answered_with_what_became_of_it(world: World) -> None:
    """The database was built anew meanwhile."""
    await wants_a_yes(world)
    await opens(world)
    async with world.database.connection() as conn:
        await conn.execute("DELETE FROM approvals")
    await answers(world)

    assert to(world, "jo") == []
    assert await ends(world) == [("its message is not known any more; write it anew", False)]
