"""A client asks and nobody answers; a client's person is reached by nothing: somebody is called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.policies import EscalationPolicy, Trigger
from tocsin_contracts.words import QuestionSource, Severity

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import step
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration

LISTENING = EscalationPolicy(
    key="listening",
    steps=(
        step(Trigger(question_unanswered=True), "account_manager"),
        step(Trigger(question_unanswered=True), "escalation_manager", after=15),
        step(Trigger(contact_unreachable=True), "account_manager", channels=["voice"]),
    ),
)


async def outage_of_listeners(world: World) -> Outage:
    await world.knows(e.PolicyChanged(revision=2, key="listening", document=LISTENING))
    outage = Outage(world, Severity.SEV3)
    outage.policy["acme"] = "listening"
    await outage.opens()
    return outage


async def asked(world: World, outage: Outage, key: str, *, answer_within: float = 15) -> None:
    now = world.clock.now()
    question = e.QuestionAsked(
        incident=outage.snapshot,
        conversation_id="c-1",
        question_id=key,
        client_key="acme",
        person="jo",
        asker="Jo Frei",
        source=QuestionSource.SMS,
        text="Is archived mail safe?",
        asked_at=now,
        answer_due=now + timedelta(minutes=answer_within),
    )
    await world.feed_incidents(world._event(question, subject=outage.id))
    await world.look()


async def answered(world: World, outage: Outage, *keys: str) -> None:
    now = world.clock.now()
    questions = tuple(
        e.AnsweredQuestion(
            question_id=key, person="jo", source=QuestionSource.SMS, text="?", asked_at=now
        )
        for key in keys
    )
    answer = e.QuestionAnswered(
        incident=outage.snapshot,
        conversation_id="c-1",
        answer_id="a-1",
        client_key="acme",
        text="Yes.",
        answered_at=now,
        questions=questions,
        actor="user:ann",
    )
    await world.feed_incidents(world._event(answer, subject=outage.id))
    await world.look()


async def test_past_its_time_a_question_calls_the_account_manager_then_the_next(
    world: World,
) -> None:
    outage = await outage_of_listeners(world)
    await world.at(10)
    await asked(world, outage, "q-1")
    await world.at(90)

    assert await world.calls() == [(25, "Ann Weiss"), (40, "Eva Lang")]
    fired = (await world.published(e.StepFired))[1]
    assert fired.trigger == "question_unanswered"
    assert "Jo Frei asked, and the answer is 15 minutes late" in fired.reason
    assert fired.about == ("Jo Frei",)
    assert fired.about_since is not None


async def test_an_answer_in_time_calls_nobody(world: World) -> None:
    outage = await outage_of_listeners(world)
    await asked(world, outage, "q-1")
    await world.at(14)
    await answered(world, outage, "q-1")
    await world.at(90)

    assert await world.calls() == []


async def test_an_answer_after_the_first_call_stops_the_second(world: World) -> None:
    outage = await outage_of_listeners(world)
    await asked(world, outage, "q-1")
    await world.at(20)
    await answered(world, outage, "q-1")
    await world.at(90)

    assert await world.calls() == [(15, "Ann Weiss")]


async def test_an_answer_heard_of_before_its_question_settles_it(world: World) -> None:
    outage = await outage_of_listeners(world)
    await answered(world, outage, "q-1")
    await asked(world, outage, "q-1")
    await world.at(90)

    assert await world.calls() == []


async def test_the_next_question_is_clocked_anew(world: World) -> None:
    outage = await outage_of_listeners(world)
    await asked(world, outage, "q-1")
    await world.at(16)
    await answered(world, outage, "q-1")
    await world.at(20)
    await asked(world, outage, "q-2")
    await world.at(36)

    assert await world.calls() == [(15, "Ann Weiss"), (35, "Ann Weiss")]


async def test_a_resolved_outage_asks_nobody(world: World) -> None:
    outage = await outage_of_listeners(world)
    await asked(world, outage, "q-1")
    await world.at(5)
    await outage.is_resolved()
    await world.at(90)

    assert await world.calls() == []


async def test_whom_no_channel_reaches_the_account_manager_is_called_for(world: World) -> None:
    outage = await outage_of_listeners(world)
    await world.at(3)
    for _ in range(2):
        unreachable = e.ContactUnreachable(
            incident_id=outage.id,
            client_key="acme",
            person="jo",
            person_name="Jo Frei",
            cause_id="e-1",
            reason="the email bounced",
            at=world.clock.now(),
        )
        await world.feed_notifications(outage.id, unreachable)
        await world.look()
    await world.at(90)

    assert await world.calls() == [(3, "Ann Weiss")]
    [fired] = await world.published(e.StepFired)
    assert "Jo Frei can be reached on no channel" in fired.reason


async def test_whoever_has_the_client_is_told_of_a_late_answer_beside_those_named(
    world: World,
) -> None:
    outage = await outage_of_listeners(world)
    await asked(world, outage, "q-1")
    await world.at(15)
    await outage.is_taken_by("ann", "acme")
    await world.at(16)
    await asked(world, outage, "q-2", answer_within=5)
    await answered(world, outage, "q-1")
    await world.at(25)

    assert await world.calls() == [(15, "Ann Weiss"), (21, "Ann Weiss")]
    assert await outage.state() == "taken"


async def test_who_passed_the_client_on_still_hears_of_a_late_answer(world: World) -> None:
    outage = await outage_of_listeners(world)
    await outage.is_passed_on_by("ann")
    await asked(world, outage, "q-1")
    await world.at(16)

    assert await world.calls() == [(15, "Ann Weiss")]


async def out_of_reach(world: World, outage: Outage, person: str, name: str) -> None:
    unreachable = e.ContactUnreachable(
        incident_id=outage.id,
        client_key="acme",
        person=person,
        person_name=name,
        cause_id="e-1",
        reason="the email bounced",
        at=world.clock.now(),
    )
    await world.feed_notifications(outage.id, unreachable)
    await world.look()


async def test_two_questions_due_at_one_moment_are_each_waited_for(world: World) -> None:
    outage = await outage_of_listeners(world)
    await asked(world, outage, "q-1")
    await asked(world, outage, "q-2")
    await world.at(16)
    await answered(world, outage, "q-1")
    await world.at(90)

    assert await world.calls() == [(15, "Ann Weiss"), (30, "Eva Lang")]
    first, second = await world.published(e.StepFired)
    assert (first.watched, second.watched) == ({"acme": ("q-1", "q-2")}, {"acme": ("q-2",)})


async def test_each_person_out_of_reach_is_named(world: World) -> None:
    outage = await outage_of_listeners(world)
    await out_of_reach(world, outage, "jo", "Jo Frei")
    await out_of_reach(world, outage, "kim", "Kim Berg")
    await world.at(5)

    reasons = [fired.reason for fired in await world.published(e.StepFired)]
    assert [name for name in ("Jo Frei", "Kim Berg") if any(name in r for r in reasons)] == [
        "Jo Frei",
        "Kim Berg",
    ]


async def test_who_was_rung_meanwhile_is_not_called_for(world: World) -> None:
    late = step(Trigger(contact_unreachable=True), "account_manager", after=10)
    policy = EscalationPolicy(key="listening", steps=(late,))
    await world.knows(e.PolicyChanged(revision=2, key="listening", document=policy))
    outage = Outage(world, Severity.SEV3)
    outage.policy["acme"] = "listening"
    await outage.opens()
    await out_of_reach(world, outage, "jo", "Jo Frei")
    await world.at(5)
    await outage.has_rung("acme")
    await world.at(60)

    assert await world.calls() == []
