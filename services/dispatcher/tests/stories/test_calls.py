"""The telephone rings: what is said, what a key does, and what if nobody is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from tocsin_contracts import events as e
from tocsin_contracts.directory import Fallback, NotifyRule
from tocsin_contracts.words import Channel, DeliveryState, Severity, Verb

from devstack.sandbox.answer_api import Asked
from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.calling import Telephones, said, telephones
from services.dispatcher.tests.facts import acme, address, jo, mia, opened, step_fired
from services.dispatcher.tests.minor import gold_with, knows, opens
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

ANN, DESK = "+493023125142", "+493023125100"
MIA = "+491512345678"
CEO_BY_PHONE = NotifyRule(
    roles=("ceo",), channels=(Channel.VOICE,), fallback=Fallback(channel=Channel.EMAIL)
)


@pytest_asyncio.fixture
async def phones(world: World, sandbox: Sandbox) -> AsyncIterator[Telephones]:
    async with telephones(world, sandbox) as running:
        yield running


async def nobody_has_it(phones: Telephones) -> None:
    """Half an hour into a critical outage Ann Weiss, the account manager, is to be called."""
    world = phones.world
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.clock.advance(minutes=30)
    step = step_fired(world.snapshot(), world.clock.now(), channels=(Channel.VOICE,))
    await world.hears_escalation(step)


async def ceo_is_told(phones: Telephones, locale: str = "en", **habit: Any) -> None:
    """A critical outage, of which ACME's managing director hears by telephone."""
    if habit:
        phones.behaves(to=MIA, **habit)
    phone = address("mia", email="mia@acme.example", phone=MIA)
    reads = acme(jo(), mia(locale=locale))
    await knows(phones.world, gold_with(CEO_BY_PHONE), reads, people=[phone])
    await opens(phones.world, severity=Severity.SEV1)


async def answers(world: World) -> list[tuple[str, Verb]]:
    return [(one.person, one.verb) for one in await world.published(e.ReplyStepAnswered)]


async def confirmed(world: World) -> list[str]:
    return [one.person for one in await world.published(e.ReplyConfirmed)]


async def outcomes(world: World, delivery: str) -> list[tuple[DeliveryState, str | None]]:
    return [
        (one.state, one.reason)
        for event in await world.published(e.OutcomesRecorded)
        for one in event.outcomes
        if one.delivery_id == delivery
    ]


async def test_the_account_managers_phone_rings_and_she_takes_it(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="1")

    [call] = await phones.ring()

    assert call["request"]["To"] == ANN
    assert said(call).startswith("This is an automated call from Tocsin")
    assert "To take this, press 1." in said(call)
    assert said(call).endswith("It is noted that you take it. Goodbye.")
    assert await answers(phones.world) == [("ann", Verb.TAKE)]
    assert (await phones.row())["state"] == "delivered"


async def test_she_passes_it_on(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="4")

    [call] = await phones.ring()

    assert said(call).endswith("It is noted that you pass it on. Goodbye.")
    assert await answers(phones.world) == [("ann", Verb.DECLINE)]


async def test_she_hears_it_again_and_then_asks_for_the_duty_desk(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="23")

    [call] = await phones.ring()

    assert said(call).count("To take this, press 1.") == 2
    assert f"(connects to {DESK} for {phones.sandbox.settings.twilio_number}" in str(call)
    assert await answers(phones.world) == []


async def test_the_desk_does_not_answer_so_its_number_is_said(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="3")
    phones.behaves(to=DESK, does="no-answer")

    [call] = await phones.ring()

    assert said(call).endswith("Please try this number: +49 30 23125100. Goodbye.")


async def test_a_key_without_a_meaning_changes_nothing(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="8")

    [call] = await phones.ring()

    assert "This key has no meaning here." in said(call)
    assert await answers(phones.world) == []


async def test_a_client_confirms_by_key_in_her_language(phones: Telephones) -> None:
    await ceo_is_told(phones, "de", press="1")

    [call] = await phones.ring()

    assert {line["language"] for line in call["transcript"] if line["who"] == "call"} == {"de-DE"}
    assert "Mail EU" in said(call)
    assert said(call).endswith("Ihre Bestätigung ist vermerkt. Auf Wiederhören.")
    assert await confirmed(phones.world) == ["mia"]


async def test_nothing_pressed_is_heard_twice_and_not_confirmed(phones: Telephones) -> None:
    await ceo_is_told(phones, press="")

    [call] = await phones.ring()

    assert said(call).count("To confirm, press 1.") == 2
    assert said(call).endswith("Nothing was confirmed. Goodbye.")
    assert await confirmed(phones.world) == []
    assert (await phones.row())["state"] == "delivered"


async def test_a_ceos_machine_is_left_the_short_version(phones: Telephones) -> None:
    await ceo_is_told(phones, does="machine")

    [call] = await phones.ring()
    row = await phones.row()

    assert "Mail EU" in said(call)
    assert "press" not in said(call)
    assert "+49 30 23125100" in said(call)
    assert (row["state"], row["reason"]) == ("accepted", "left on the answering machine")
    assert (await outcomes(phones.world, row["id"]))[-1] == (
        DeliveryState.ACCEPTED,
        "left on the answering machine",
    )
    assert await phones.ring_later(minutes=30) == [call]


async def test_busy_twice_and_then_she_answers(phones: Telephones) -> None:
    await ceo_is_told(phones, does="busy", count=2)

    assert len(await phones.ring()) == 1
    assert "we call again" in (await phones.row())["reason"]
    assert len(await phones.ring_later(seconds=119)) == 1
    assert len(await phones.ring_later(seconds=1)) == 2
    assert len(await phones.ring_later(minutes=4)) == 2
    phones.behaves(to=MIA, press="1")
    assert len(await phones.ring_later(minutes=1)) == 3

    assert (await phones.row())["state"] == "delivered"
    assert await confirmed(phones.world) == ["mia"]


async def test_busy_three_times_and_what_stands_in_goes_at_once(phones: Telephones) -> None:
    await ceo_is_told(phones, does="busy")

    await phones.ring()
    await phones.ring_later(minutes=2)
    assert len(await phones.ring_later(minutes=5)) == 3

    row = await phones.row()
    assert (row["state"], row["reason"]) == (
        "failed",
        "the line was busy, at the last of 3 calls",
    )
    assert "mia@acme.example" in [sent.address for sent in phones.world.mails]
    assert len(await phones.ring_later(hours=2)) == 3


async def test_a_number_that_does_not_exist_is_not_called_again(phones: Telephones) -> None:
    await ceo_is_told(phones, does="failed", sip_code=404)

    await phones.ring()

    row = await phones.row()
    assert (row["state"], row["reason"]) == ("failed", "the number does not exist")
    assert "mia@acme.example" in [sent.address for sent in phones.world.mails]


async def test_who_hangs_up_before_it_is_read_is_called_again(phones: Telephones) -> None:
    await ceo_is_told(phones, does="hangs_up", count=1)

    await phones.ring()
    assert (await phones.row())["state"] == "pending"
    phones.behaves(to=MIA, press="1")
    await phones.ring_later(minutes=2)

    assert await confirmed(phones.world) == ["mia"]


async def test_a_key_pressed_by_hand_is_answered_at_once(phones: Telephones) -> None:
    """As a person does it on the sandbox's page, with POST /answer."""
    await ceo_is_told(phones)
    [item] = phones.sandbox.messages(channel="voice")
    message = phones.sandbox.mailbox.get(item["id"])
    assert message is not None

    answer = await phones.sandbox.calls.read(message, Asked(message_id=item["id"], press="1"))

    assert answer is not None
    assert "Your confirmation is noted" in answer["said"][-1]["said"]
    await phones.sandbox.calls.idle()


async def test_what_twilio_did_not_sign_changes_nothing(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, does="machine")
    [call] = await phones.ring()
    delivery = (await phones.row())["id"]
    pressed = {"CallSid": call["sid"], "To": ANN, "Digits": "1"}

    forged = await phones.posts("keys", pressed, signature="Zm9yZ2Vk", delivery=delivery)
    ended = {"CallSid": "CAforged", "CallStatus": "failed", "SipResponseCode": "404"}
    refused = await phones.posts("status", ended, signature="Zm9yZ2Vk", delivery=delivery)

    assert (forged, refused) == (403, 403)
    assert await answers(phones.world) == []
    assert (await phones.row())["state"] == "accepted"


async def test_a_call_back_that_comes_twice_counts_once(phones: Telephones) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="1")
    [call] = await phones.ring()
    delivery = (await phones.row())["id"]
    pressed = {"CallSid": call["sid"], "To": ANN, "Digits": "1"}
    ended = {"CallSid": call["sid"], "CallStatus": "no-answer"}

    again = await phones.posts("keys", pressed, delivery=delivery, times="1")
    late = await phones.posts("status", ended, delivery=delivery)

    assert (again, late) == (200, 204)
    assert await answers(phones.world) == [("ann", Verb.TAKE)]
    assert (await phones.row())["state"] == "delivered"
    assert len(await phones.ring_later(hours=1)) == 1


async def test_a_call_about_what_was_erased_meanwhile_says_nothing_of_it(
    phones: Telephones,
) -> None:
    await nobody_has_it(phones)
    phones.behaves(to=ANN, press="1")
    await phones.ring()

    answered = {"CallSid": "CAother", "To": ANN, "CallStatus": "in-progress"}
    ended = {**answered, "CallStatus": "busy"}

    assert await phones.posts("answer", answered, delivery="no-such-delivery") == 200
    assert await phones.posts("status", ended, delivery="no-such-delivery") == 204


async def test_a_call_whose_end_nobody_told_is_asked_about(phones: Telephones) -> None:
    """The dispatcher was away when it was told; what the network knows is not lost."""
    await ceo_is_told(phones, does="busy", untold=True)
    await phones.ring()
    assert (await phones.row())["state"] == "accepted"

    phones.world.clock.advance(minutes=4)
    assert await phones.watch.run_once() == 0
    phones.world.clock.advance(minutes=2)
    assert await phones.watch.run_once() == 1

    assert "the line was busy" in (await phones.row())["reason"]
    assert await phones.watch.run_once() == 0
