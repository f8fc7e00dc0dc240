"""What brings somebody in beside severity and time: raises, promises, how many, whom, again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.policies import EscalationPolicy, PolicyStep, Trigger, UnreachableContact
from tocsin_contracts.words import Channel, Kind, Severity

from services.escalation.tests.dispatching import planned
from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import ANN, EVA, SEV1, TOM, UNACKNOWLEDGED, step
from services.escalation.tests.stories.test_questions import answered, asked
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def outage_on(
    world: World, *steps: PolicyStep, severity: Severity = Severity.SEV1, clients: str = "acme"
) -> Outage:
    """One whose clients' policy has these steps; it is not open yet."""
    policy = EscalationPolicy(key="own", steps=steps)
    await world.knows(e.PolicyChanged(revision=2, key="own", document=policy))
    outage = Outage(world, severity, clients.split())
    outage.policy = dict.fromkeys(("acme", "beta"), "own")
    return outage


async def test_each_raise_calls_again_and_a_lower_severity_nobody(world: World) -> None:
    raised = step(Trigger(severity_raised=True), "director")
    outage = await outage_on(world, raised, severity=Severity.SEV3)
    await outage.opens()
    await world.at(5)
    await outage.has_severity(Severity.SEV2)
    await world.at(9)
    await outage.has_severity(Severity.SEV1)
    await world.at(20)
    await outage.has_severity(Severity.SEV3)
    await world.at(40)

    assert await world.calls() == [(5, "Dan Roth"), (9, "Dan Roth")]
    [first, second] = await world.published(e.StepFired)
    assert "raised to major" in first.reason
    assert "raised to critical" in second.reason


async def test_the_second_client_that_joins_makes_it_many_for_the_first_too(world: World) -> None:
    many = step(Trigger(clients_affected_at_least=2), "escalation_manager", after=5)
    outage = await outage_on(world, many)
    await outage.opens()
    await world.at(10)
    await outage.has_audience("acme", "beta")
    await world.at(30)

    assert await world.calls() == [(15, "Eva Lang")]
    [fired] = await world.published(e.StepFired)
    assert fired.client_keys == ("acme", "beta")
    assert "2 clients are affected" in fired.reason


async def test_a_named_client_brings_the_director_in_for_everybody(world: World) -> None:
    named = step(Trigger(client_affected="beta"), "director")
    outage = await outage_on(world, named)
    await outage.opens()
    await world.at(10)
    assert await world.calls() == []

    await outage.has_audience("acme", "beta")
    await world.at(11)
    assert await world.calls() == [(10, "Dan Roth")]


async def test_an_outage_that_is_back_calls_who_only_hears_of_those(world: World) -> None:
    back = step(Trigger(reopened=True), "escalation_manager", after=3)
    outage = await outage_on(world, back)
    await outage.opens()
    await world.at(10)
    await outage.is_resolved()
    await world.at(20)
    await outage.is_reopened()
    await world.at(60)

    assert await world.calls() == [(23, "Eva Lang")]


async def test_a_promise_at_risk_calls_unless_somebody_at_the_client_was_reached(
    world: World,
) -> None:
    at_risk = step(Trigger(sla_at_risk=Decimal("0.8")), "deputy")
    broken = step(Trigger(sla_breached=True), "director", after=1)
    outage = await outage_on(world, at_risk, broken, clients="acme beta")
    outage.promise(first=10)
    await outage.opens(kind=Kind.INITIAL)
    message = await planned(outage, "beta")
    await world.at(2)
    await message.ends()
    await world.at(30)

    assert await world.calls() == [(8, "Tom Klein"), (11, "Dan Roth")]
    for fired in await world.published(e.StepFired):
        assert fired.client_keys == ("acme",)


async def test_a_question_calls_after_the_time_that_the_step_gives(world: World) -> None:
    waited = step(Trigger(question_unanswered_minutes=Decimal(20)), "account_manager")
    outage = await outage_on(world, waited)
    await outage.opens()
    await world.at(5)
    await asked(world, outage, "q-1", answer_within=300)
    await asked(world, outage, "q-2", answer_within=300)
    await world.at(10)
    await answered(world, outage, "q-2")
    await world.at(60)

    assert await world.calls() == [(25, "Ann Weiss")]


async def test_out_of_reach_matters_only_in_the_roles_that_the_step_names(world: World) -> None:
    leads = UnreachableContact(roles=("it_lead",))
    outage = await outage_on(world, step(Trigger(contact_unreachable=leads), "deputy"))
    await outage.opens()
    for person, role in (("kai", "user"), ("jo", "it_lead")):
        lost = e.ContactUnreachable(
            incident_id=outage.id,
            client_key="acme",
            person=person,
            person_name=person.title(),
            roles=(role,),
            cause_id="c",
            reason="The number does not exist.",
            at=world.clock.now(),
        )
        await world.feed_notifications(outage.id, lost)
        await world.look()

    [fired] = await world.published(e.StepFired)
    assert fired.about == ("Jo",)


async def test_all_of_several_conditions_call_once_the_last_of_them_is_true(world: World) -> None:
    both = Trigger(all=(SEV1, UNACKNOWLEDGED, Trigger(clients_affected_at_least=2)))
    outage = await outage_on(world, step(both, "director", after=10))
    await outage.opens()
    await world.at(30)
    await outage.has_audience("acme", "beta")
    await world.at(60)

    assert await world.calls() == [(40, "Dan Roth")]
    [fired] = await world.published(e.StepFired)
    triggers = ["severity_at_least", "unacknowledged", "clients_affected_at_least"]
    assert [one.trigger for one in fired.why] == triggers


async def test_channels_take_turns_as_the_person_prefers_also_after_a_restart(world: World) -> None:
    tom = TOM.model_copy(update={"channels": (Channel.VOICE, Channel.SMS)})
    await world.knows(world.team_changed(account_manager=ANN, deputy=tom, escalation_manager=EVA))
    turns = step(SEV1, "deputy", channels=["email", "sms", "voice"], in_turn=True, repeat=1)
    outage = await outage_on(world, turns)
    await outage.opens()
    await world.at(4)
    await world.away_until(5)
    await world.at(60)

    fired = await world.published(e.StepFired)
    told = [(world.minute(one.at), *one.channels) for one in fired]
    assert told == [
        (0, "voice"),
        (3, "sms"),
        (6, "email"),
        (16, "voice"),
        (19, "sms"),
        (22, "email"),
    ]
