"""A colleague answers a call that does not count as they think: each hears it in one sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.callbacks.voice_words import thanks
from dispatcher.channels.message import Answer
from dispatcher.channels.slack_words import words_for
from dispatcher.replies.inbound import Ignored, Over, Received, StepAnswered
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Status, Verb

from services.dispatcher.tests.answering import writes
from services.dispatcher.tests.facts import address, opened, resolved, step_fired, taken
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

ANN = "+49 30 23125142"


async def ann_is_called(world: World) -> str:
    """By text message; the delivery's id."""
    world.channels[Channel.SMS] = PlayedChannel(Channel.SMS)
    world.core = world.another_process()
    await world.knows_acme()
    await world.knows(people=[address("ann", None, email="ann@nordlicht.example", phone=ANN)])
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.clock.advance(minutes=15)
    step = step_fired(world.snapshot(), world.clock.now(), channels=(Channel.SMS,))
    await world.hears_escalation(step)
    await world.deliver()
    [row] = await world.rows(kind="escalation")
    return str(row["id"])


async def texts(world: World, text: str, sender: str = ANN) -> Received:
    return await writes(world, sender, text, id=f"{sender}/{text}", channel=Channel.SMS)


async def answers(world: World) -> list[tuple[str, Verb]]:
    return [(one.person, one.verb) for one in await world.published(e.ReplyStepAnswered)]


async def test_1_takes_and_4_passes_on(world: World) -> None:
    await ann_is_called(world)

    assert await texts(world, "1") == StepAnswered(taken=True)
    assert await texts(world, "4") == StepAnswered(taken=False)

    assert await answers(world) == [("ann", Verb.TAKE), ("ann", Verb.DECLINE)]


async def test_the_same_text_twice_is_one_answer(world: World) -> None:
    await ann_is_called(world)

    await texts(world, "1")

    assert await texts(world, "1") == Ignored("it came in before")
    assert len(await answers(world)) == 1


@pytest.mark.parametrize("text", ["1", "4"])
async def test_after_the_end_there_is_nothing_to_take_or_to_pass_on(
    world: World, text: str
) -> None:
    await ann_is_called(world)
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    assert await texts(world, text) == Over()
    assert await answers(world) == []


async def test_a_key_pressed_after_the_end_says_so(world: World) -> None:
    delivery = await ann_is_called(world)
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    pressed = {"pressed": Answer.TAKE, "delivery_ids": (delivery,), "channel": Channel.SMS}
    became = await writes(world, ANN, "1", id="a-key", **pressed)

    assert thanks("en", Answer.TAKE, became) == (
        "The outage is over: there is nothing left to take. Goodbye."
    )


async def test_whoever_passes_on_what_a_colleague_has_hears_who(world: World) -> None:
    await ann_is_called(world)
    now = world.clock.now()
    await world.hears_escalation(taken(world.snapshot(), now + timedelta(minutes=1)))

    became = await texts(world, "4")

    assert became == StepAnswered(taken=False, held_by="Tom Klein")
    assert words_for("en").after(False, "Tom Klein") == "Noted. Tom Klein has it."


async def test_from_a_number_of_nobody_nothing_is_taken(world: World) -> None:
    await ann_is_called(world)

    await texts(world, "1", sender="+49 30 99999999")

    assert await answers(world) == []


async def test_a_number_of_another_colleague_takes_nothing_for_her(world: World) -> None:
    await ann_is_called(world)
    await world.knows(
        people=[address("tom", None, email="tom@nordlicht.example", phone="+49 30 23125143")]
    )

    await texts(world, "1", sender="+49 30 23125143")

    assert await answers(world) == []


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es"])
def test_every_answer_is_one_sentence_or_two_in_each_language(locale: str) -> None:
    words = words_for(locale)
    said = {words.over, words.noted, words.passed_on, words.after(False, "Tom Klein")}

    assert len(said) == 4
    assert all(one.endswith(".") and "{" not in one for one in said)
