"""After an outage: its meeting, its review, how well we kept people informed; and storms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from dispatcher.channels.port import RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.incident import FollowUp, PreventionItem
from tocsin_contracts.words import Channel, Kind, Rating, Severity, Status

from services.dispatcher.tests.facts import (
    acme,
    audience,
    both_channels,
    closed,
    concerned,
    jo,
    mia,
    opened,
    resolved,
    slack_of_jo,
    updated,
)
from services.dispatcher.tests.minor import gold_with, knows
from services.dispatcher.tests.world import Sent, World

pytestmark = pytest.mark.integration


async def over(world: World, **incident: Any) -> None:
    """An outage from its first notice to its closing note."""
    now = world.clock.now()
    await world.hears(opened(world.snapshot(**incident)))
    await world.hears(
        resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now, **incident)),
        closed(world.snapshot(status=Status.CLOSED, resolved_at=now, **incident)),
    )
    await world.deliver()


def to(world: World, person: str) -> list[Sent]:
    return [sent for sent in world.mails if sent.address.startswith(f"{person}@")]


def claims_of(link: str) -> dict[str, Any]:
    token = link.rpartition("/")[2].partition("?")[0]
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


async def links(world: World, kind: Kind, person: str = "jo") -> list[str]:
    """The links in what somebody read."""
    text = [sent.message.text for sent in to(world, person) if sent.kind is kind][-1]
    return [word.strip("().,") for word in text.split() if word.startswith("https://tocsin")]


# ── feedback ────────────────────────────────────────────────────────────────────────────────────


async def test_a_day_after_the_closing_note_each_reader_is_asked_once(world: World) -> None:
    await world.knows_acme()
    await over(world)
    world.clock.advance(hours=23)
    await world.deliver()
    assert Kind.FEEDBACK_REQUEST not in [sent.kind for sent in world.mails]

    world.clock.advance(hours=1)
    await world.deliver()
    world.clock.advance(hours=48)
    await world.deliver()
    asked = [sent for sent in world.mails if sent.kind is Kind.FEEDBACK_REQUEST]
    assert sorted(sent.address for sent in asked) == ["jo@acme.example", "mia@acme.example"]


async def test_the_question_carries_a_link_of_that_readers_own(world: World) -> None:
    await world.knows_acme()
    await over(world)
    world.clock.advance(hours=24)
    await world.deliver()

    feedback = [link for link in await links(world, Kind.FEEDBACK_REQUEST) if "/feedback/" in link]
    claims = claims_of(feedback[0])
    assert (claims["purpose"], claims["person"], claims["clients"]) == ("feedback", "jo", ["acme"])


async def test_who_is_told_on_two_channels_is_asked_on_one(world: World) -> None:
    await world.knows_acme()
    await world.knows(*both_channels(), people=[slack_of_jo()])
    await over(world)
    world.clock.advance(hours=24)
    await world.deliver()

    rows = await world.rows(kind="feedback_request")
    assert [(row["person"], row["channel"]) for row in rows] == [("jo", "email")]


async def test_when_it_is_back_nobody_is_asked_how_it_was(world: World) -> None:
    await world.knows_acme()
    await over(world)
    again = world.snapshot(id="0194-again", previous_incident_id="0193-incident")
    await world.hears(opened(again))
    world.clock.advance(hours=24)
    await world.deliver()

    assert Kind.FEEDBACK_REQUEST not in [sent.kind for sent in world.mails]
    rows = await world.rows(kind="feedback_request")
    assert {(row["state"], row["reason"]) for row in rows} == {
        ("skipped", "a new incident followed on this one")
    }
    ended = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    assert {o.person for o in ended if o.kind is Kind.FEEDBACK_REQUEST} == {"jo", "mia"}


async def test_a_closing_note_that_comes_after_it_was_back_asks_nobody(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    again = world.snapshot(id="0194-again", previous_incident_id="0193-incident")
    await world.hears(opened(again))
    now = world.clock.now()
    await world.hears(closed(world.snapshot(status=Status.CLOSED, resolved_at=now)))

    rows = await world.rows(kind="feedback_request")
    assert {row["state"] for row in rows} == {"skipped"}


async def test_an_exercise_asks_nobody(world: World) -> None:
    await knows(world, gold_with(drills="clients"))
    await over(world, drill=True)

    assert [sent.kind for sent in to(world, "jo")][-1] is Kind.CLOSURE
    assert await world.rows(kind="feedback_request") == []


async def test_a_plan_may_ask_nobody(world: World) -> None:
    await knows(world, gold_with(feedback_after_hours=None))
    await over(world)

    assert await world.rows(kind="feedback_request") == []


async def test_the_question_holds_up_no_later_message(world: World) -> None:
    await world.knows_acme()
    await over(world)
    await world.hears(reviewed(world))
    await world.deliver()

    assert [sent.kind for sent in to(world, "jo")][-1] is Kind.REVIEW


async def test_who_was_asked_nothing_hears_of_the_review_all_the_same(world: World) -> None:
    """A question that was taken back says nothing of what its reader wants to hear."""
    await world.knows_acme()
    await over(world)
    await world.hears(opened(world.snapshot(id="0194-again", previous_incident_id="0193-incident")))
    await world.knows(gold_with())
    await world.hears(reviewed(world))
    await world.deliver()

    assert [sent.kind for sent in to(world, "mia")][-1] is Kind.REVIEW


async def test_the_account_manager_reads_what_a_reader_thinks(world: World) -> None:
    await world.knows_acme()
    await over(world)
    await world.hears(
        e.FeedbackGiven(
            incident_id="0193-incident",
            incident_ref="INC-2041",
            client_key="acme",
            person="jo",
            person_name="Jo Frei",
            rating=Rating.MIXED,
            text="The second hour was silent.",
            at=world.clock.now(),
        )
    )
    await world.deliver()

    [note] = to(world, "ann")
    assert note.kind is Kind.STAFF_NOTE
    assert (
        'Jo Frei, ACME GmbH, on how we kept them informed (INC-2041): mixed. "The second hour was'
        ' silent."'
    ) in note.message.text


# ── the review, and the meeting ─────────────────────────────────────────────────────────────────


def reviewed(world: World) -> e.ReviewPublished:
    return e.ReviewPublished(
        incident=world.snapshot(status=Status.CLOSED),
        audience_version=1,
        actor="key:noc",
        kind=Kind.REVIEW,
        revision=1,
        summary="A storage controller and its backup failed together.",
        open_items=(PreventionItem(what="Replace it", who="Eva Lang", due="2026-12-05"),),
        items=3,
    )


async def test_the_review_is_told_with_a_link_of_that_readers_own(world: World) -> None:
    await world.knows_acme()
    await over(world)
    await world.hears(reviewed(world))
    await world.deliver()

    mail = to(world, "jo")[-1]
    assert mail.kind is Kind.REVIEW
    assert "A storage controller and its backup failed together" in mail.message.text
    review = [link for link in await links(world, Kind.REVIEW) if "/review/" in link]
    claims = claims_of(review[0])
    assert (claims["purpose"], claims["person"], claims["clients"]) == ("review", "jo", ["acme"])


async def test_a_meeting_that_moves_is_told_with_its_old_and_new_time(world: World) -> None:
    await world.knows_acme()
    await over(world)
    before = FollowUp(
        starts_at=world.clock.now() + timedelta(days=6),
        duration_minutes=30,
        location="by video",
        organizer_email="ann@nordlicht.example",
    )
    now = before.model_copy(update={"starts_at": before.starts_at + timedelta(days=1)})
    await world.hears(
        e.FollowUpChanged(
            incident=world.snapshot(status=Status.CLOSED),
            audience_version=1,
            actor="key:noc",
            kind=Kind.CLOSURE,
            follow_up=now,
            before=before,
            reason="Ann is away on Monday.",
        )
    )
    await world.deliver()

    mail = to(world, "jo")[-1]
    assert mail.kind is Kind.CLOSURE
    assert "Ann is away on Monday" in mail.message.text
    assert "30 November" in mail.message.text
    assert "1 December" in mail.message.text


# ── part of another outage ──────────────────────────────────────────────────────────────────────


def linked(world: World, parent: str | None = "0192-parent") -> e.IncidentLinked:
    return e.IncidentLinked(
        incident=world.snapshot(parent_id=parent),
        audience_version=1,
        actor="key:noc",
        parent_id=parent,
        parent_ref="INC-2040" if parent else None,
        reason="the same storage system has failed",
    )


async def test_what_a_child_had_still_to_say_is_left_to_its_parent(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(linked(world))
    world.mails.clear()
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()

    assert world.mails == []
    states = {(row["state"], row["reason"]) for row in await world.rows()}
    assert states == {("superseded", "part of INC-2040")}


async def test_an_incident_that_stands_alone_again_goes_on_telling(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(linked(world), linked(world, None))
    await world.hears(updated(world.snapshot()))
    await world.deliver()

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL, Kind.UPDATE]


async def test_a_client_that_waited_for_its_directory_hears_of_the_parent_alone(
    world: World,
) -> None:
    await world.knows_acme()
    ahead = concerned(client_revision=2)
    await world.hears(opened(world.snapshot(), audience=audience(ahead)))
    await world.hears(linked(world))
    await world.knows(acme())
    await world.core.releaser.release()
    await world.deliver()

    assert world.mails == []


# ── what staff have to know ─────────────────────────────────────────────────────────────────────


async def test_the_noc_hears_that_a_client_that_was_told_gets_nothing_more(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(client_key="other"), version=2),
            removed=("acme",),
        )
    )
    await world.deliver()

    [note] = to(world, "noc")
    assert note.kind is Kind.STAFF_NOTE
    assert "ACME GmbH was told of INC-2041 and is no longer in its audience" in note.message.text


async def test_a_client_that_heard_nothing_leaves_without_a_word(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(client_key="other"), version=2),
            removed=("acme",),
        )
    )

    assert await world.rows(kind="staff_note") == []


async def test_the_account_manager_hears_that_nobody_took_a_readers_place(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.knows(acme(mia()))
    await world.hears(updated(world.snapshot()))
    await world.hears(updated(world.snapshot()))
    await world.deliver()

    [note] = to(world, "ann")
    assert "Jo Frei was told of INC-2041 and is no longer a contact of ACME GmbH" in (
        note.message.text
    )


async def test_where_somebody_took_the_place_nobody_needs_to_know(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.knows(acme(jo(key="kim", name="Kim Ott"), mia()))
    await world.hears(updated(world.snapshot(severity=Severity.SEV1)))

    assert await world.rows(kind="staff_note") == []
