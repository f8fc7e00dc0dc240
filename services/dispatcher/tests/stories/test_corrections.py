"""What we wrote was wrong: exactly those who read it read the correction, nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)
from tocsin_contracts import events as e
from tocsin_contracts.directory import Approval
from tocsin_contracts.incident import IncidentUpdate
from tocsin_contracts.words import Channel, DeliveryState, Kind

from services.dispatcher.tests.facts import (
    START,
    acme,
    address,
    audience,
    concerned,
    jo,
    mia,
    opened,
    updated,
)
from services.dispatcher.tests.minor import gold_with, knows
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

WRONG = "All mail is kept."
RIGHT = "37 messages went back to their senders."


def only_jo_gets_mail(message: RenderedMessage, to: Destination) -> SendOutcome:
    return Accepted("id") if to.address.startswith("jo@") else RetryLater("connection refused")


async def told(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()


async def writes(world: World, message: str = WRONG, **given: Any) -> str:
    """An update; the id of its event."""
    event = updated(
        world.snapshot(),
        update=IncidentUpdate(id="u-1", message=message, occurred_at=START),
        **given,
    )
    await world.hears(event)
    rows = await world.rows(kind="update")
    cause_id: str = (rows or await world.rows())[-1]["cause_id"]
    return cause_id


def corrected(world: World, corrects: str, **given: Any) -> e.IncidentCorrected:
    values: dict[str, Any] = {
        "incident": world.snapshot(),
        "audience_version": 1,
        "actor": "key:noc",
        "kind": Kind.CORRECTION,
        "corrects": corrects,
        "update_id": "u-1",
        "wrong": WRONG,
        "told_at": START,
        "right": RIGHT,
    }
    return e.IncidentCorrected(**{**values, **given})


def read(world: World, person: str) -> list[tuple[Kind, str]]:
    mails = [sent for sent in world.mails if sent.address.startswith(f"{person}@")]
    return [(sent.kind, sent.message.text) for sent in mails]


async def test_those_who_read_it_read_the_correction_in_the_same_thread(world: World) -> None:
    await told(world)
    cause = await writes(world)
    await world.deliver()
    await world.hears(corrected(world, cause, action="Ask those senders to send again."))
    await world.deliver()

    kind, text = read(world, "jo")[-1]
    assert kind is Kind.CORRECTION
    assert WRONG.rstrip(".") in text
    assert RIGHT.rstrip(".") in text
    assert "Ask those senders to send again" in text
    threads = {s.message.thread.root_id for s in world.mails if s.address.startswith("jo@")}
    assert len(threads) == 2, "the first one, and the root of all others"
    assert read(world, "mia")[-1][0] is Kind.CORRECTION


async def test_who_did_not_get_it_reads_the_right_words_as_the_update_itself(
    world: World,
) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = only_jo_gets_mail
    cause = await writes(world)
    await world.deliver()
    await world.hears(corrected(world, cause))
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()

    assert [kind for kind, _ in read(world, "jo")][-1] is Kind.CORRECTION
    kind, text = read(world, "mia")[-1]
    assert kind is Kind.UPDATE
    assert RIGHT in text
    assert WRONG not in text
    states = {row["state"] for row in await world.rows(person="mia")}
    assert states == {"accepted"}


async def test_who_could_not_be_reached_reads_no_correction(world: World) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = lambda _, to: (
        Accepted("id") if to.address.startswith("jo@") else Rejected("no such mailbox")
    )
    cause = await writes(world)
    await world.deliver()
    await world.hears(corrected(world, cause))

    rows = await world.rows(kind="correction")
    assert [row["person"] for row in rows] == ["jo"]


async def test_who_read_the_wrong_words_in_a_later_message_reads_the_correction(
    world: World,
) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    cause = await writes(world)
    await world.deliver()
    await world.hears(updated(world.snapshot(), "Mail is being moved."))
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()
    assert WRONG in read(world, "jo")[-1][1]

    await world.hears(corrected(world, cause))
    await world.deliver()
    assert read(world, "jo")[-1][0] is Kind.CORRECTION


async def test_words_that_a_later_message_carries_are_mended_in_it(world: World) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    cause = await writes(world)
    await world.deliver()
    await world.hears(updated(world.snapshot(), "Mail is being moved."))
    await world.hears(corrected(world, cause))
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()

    kind, text = read(world, "jo")[-1]
    assert kind is Kind.UPDATE
    assert RIGHT in text
    assert "Mail is being moved." in text
    assert WRONG not in text


async def test_a_client_told_by_mistake_is_told_so_though_it_is_concerned_no_more(
    world: World,
) -> None:
    await told(world)
    cause = (await world.rows())[0]["cause_id"]
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(client_key="other"), version=2),
            removed=("acme",),
        )
    )
    await world.hears(corrected(world, cause, right=None))
    await world.deliver()

    kind, text = read(world, "jo")[-1]
    assert kind is Kind.CORRECTION
    assert "by mistake" in text
    assert RIGHT not in text
    assert "Mail EU" in text


async def test_what_was_to_go_to_them_by_mistake_does_not_go(world: World) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    cause = await writes(world)
    await world.deliver()
    await world.hears(corrected(world, cause, right=None))
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()

    assert [kind for kind, _ in read(world, "jo")[:1]] == [Kind.INITIAL]
    assert {row["state"] for row in await world.rows(kind="update")} == {"skipped"}
    assert await world.rows(kind="correction") == []


async def test_only_the_clients_it_names_read_it(world: World) -> None:
    await told(world)
    cause = await writes(world)
    await world.deliver()
    await world.hears(corrected(world, cause, only_clients=("birch",)))

    assert await world.rows(kind="correction") == []


async def test_whoever_took_the_place_of_a_reader_has_read_nothing_wrong(world: World) -> None:
    await told(world)
    cause = await writes(world)
    await world.deliver()
    await world.knows(
        acme(jo(key="kim", name="Kim Ott"), mia()),
        people=[address("kim", email="kim@acme.example")],
    )
    await world.hears(corrected(world, cause))

    assert [row["person"] for row in await world.rows(kind="correction")] == ["mia"]


async def test_an_update_and_its_correction_in_one_batch_are_one_right_update(
    world: World,
) -> None:
    await told(world)
    cause = await writes(world, "Something else.")
    await world.deliver()
    world.mails.clear()
    event = updated(
        world.snapshot(),
        update=IncidentUpdate(id="u-2", message=WRONG, occurred_at=START),
    )
    async with world.database.transaction() as conn:
        told_event = world._event(event, None, None)
        correction = world._event(corrected(world, told_event.id), None, None)
        await world.core.intake.incidents(conn, [told_event, correction])
    await world.deliver()

    assert cause != told_event.id
    [(kind, text)] = read(world, "jo")
    assert kind is Kind.UPDATE
    assert RIGHT in text


async def test_what_waits_for_a_yes_is_mended_and_asked_about_afresh(world: World) -> None:
    plan = gold_with(approval=Approval(kinds=(Kind.UPDATE,)))
    await knows(world, plan)
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    cause = await writes(world)
    await world.hears(corrected(world, cause))

    first, second = await world.published(e.ApprovalRequested)
    assert second.voids == first.approval_id
    assert WRONG in first.body
    assert RIGHT in second.body
    assert WRONG not in second.body
    assert second.kind is Kind.UPDATE
    states = [row["state"] for row in await world.rows(kind="update")]
    assert states == [DeliveryState.SKIPPED, DeliveryState.WAITING]
