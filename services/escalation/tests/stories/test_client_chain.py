"""A client's own escalation: its IT lead; not confirmed in twenty minutes, its CEO by phone."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import QuestionSource, Verb, Visibility

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import plan
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration

CLIENT = ChainKind.CLIENT


def an_outage(world: World, *clients: str) -> Outage:
    """ACME has a chain of its own; Beta, if it is there, has none."""
    outage = Outage(world, clients=clients or ("acme",))
    outage.own_policy["acme"] = "acme-itself"
    return outage


async def called_at_acme(world: World) -> list[tuple[float, str]]:
    return [
        (world.minute(fired.at), person.name)
        for fired in await world.published(e.StepFired)
        if fired.chain is CLIENT
        for person in fired.notify
    ]


async def test_not_confirmed_the_ceo_is_called(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await world.at(21)

    assert await called_at_acme(world) == [(0, "Jo Frei"), (20, "Mia Berg")]
    assert await outage.state("acme", CLIENT) == "notified"


async def test_confirmed_by_the_it_lead_the_ceo_is_left_alone(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await world.at(19)
    await outage.is_confirmed("acme")
    await world.at(60)

    assert await called_at_acme(world) == [(0, "Jo Frei")]
    [confirmed] = await world.published(e.EscalationConfirmed)
    assert (confirmed.person, confirmed.person_name) == ("jo", "Jo Frei")
    assert (confirmed.chain, confirmed.client_keys) == (CLIENT, ("acme",))
    assert await outage.state("acme", CLIENT) == "taken"


async def test_a_clients_confirm_silences_nobody_of_ours(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_confirmed("acme")
    await world.at(16)

    assert (15, "Tom Klein") in await world.calls()
    assert await outage.state("acme") == "notified"


async def test_a_take_of_ours_confirms_nothing(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await world.at(21)
    assert await called_at_acme(world) == [(0, "Jo Frei"), (20, "Mia Berg")]


async def test_nobody_at_the_client_takes_what_was_sent_to_confirm(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_taken_by("jo")
    await world.at(21)

    assert await world.published(e.EscalationTaken) == []
    assert (20, "Mia Berg") in await called_at_acme(world)


async def test_confirmed_by_a_key_on_the_phone(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_confirmed_by_key("acme")
    await world.at(21)

    [confirmed] = await world.published(e.EscalationConfirmed)
    assert confirmed.source is QuestionSource.VOICE
    assert await called_at_acme(world) == [(0, "Jo Frei")]


async def test_whom_we_rang_has_it(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await world.at(10)
    await outage.has_rung("acme")
    await world.at(21)

    [confirmed] = await world.published(e.EscalationConfirmed)
    assert (confirmed.person_name, confirmed.source) == ("Jo Frei", QuestionSource.PHONE)
    assert await called_at_acme(world) == [(0, "Jo Frei")]


async def test_confirmed_once_is_confirmed(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_confirmed("acme")
    await outage.is_confirmed("acme", person="mia", name="Mia Berg")
    assert len(await world.published(e.EscalationConfirmed)) == 1


async def test_another_clients_confirm_is_theirs_alone(world: World) -> None:
    outage = an_outage(world, "acme", "beta")
    await outage.opens()
    await outage.is_confirmed("beta")
    await world.at(21)

    assert await world.published(e.EscalationConfirmed) == []
    assert (20, "Mia Berg") in await called_at_acme(world)
    assert await outage.state("beta", CLIENT) is None


async def test_it_runs_from_the_moment_the_client_is_told(world: World) -> None:
    outage = an_outage(world)
    await outage.opens(visibility=Visibility.INTERNAL)
    await world.at(30)
    assert await called_at_acme(world) == []
    await outage.is_published()
    await world.at(51)
    assert await called_at_acme(world) == [(30, "Jo Frei"), (50, "Mia Berg")]


async def test_a_holding_notice_tells_them(world: World) -> None:
    outage = an_outage(world)
    await outage.opens(visibility=Visibility.INTERNAL)
    await world.at(8)
    await outage.has_holding_notice(next_word=20)
    await world.at(10)
    await outage.is_published()
    await world.at(29)
    assert await called_at_acme(world) == [(8, "Jo Frei"), (28, "Mia Berg")]


async def test_whoever_joins_later_confirms_from_then_on(world: World) -> None:
    outage = an_outage(world, "beta")
    await outage.opens()
    await world.at(10)
    await outage.has_audience("beta", "acme", added=("acme",))
    await world.at(31)
    assert await called_at_acme(world) == [(10, "Jo Frei"), (30, "Mia Berg")]


async def test_resolved_nobody_there_is_called_any_more(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_resolved()
    await world.at(30)

    assert await called_at_acme(world) == [(0, "Jo Frei")]
    stopped = await world.published(e.EscalationStopped)
    assert {one.chain.value for one in stopped} == {"account", "client"}


async def test_told_that_it_is_back_they_confirm_again(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_confirmed("acme")
    await world.at(10)
    await outage.is_resolved()
    await world.at(15)
    await outage.is_reopened()
    await world.at(36)
    assert await called_at_acme(world) == [(0, "Jo Frei"), (15, "Jo Frei"), (35, "Mia Berg")]


async def test_an_exercise_among_ourselves_rings_nobody_there(world: World) -> None:
    outage = an_outage(world)
    await outage.opens(drill=True)
    await world.at(21)
    assert await called_at_acme(world) == []


async def test_an_exercise_that_clients_take_part_in_rings_them(world: World) -> None:
    document = plan().model_copy(update={"drills": "clients"})
    await world.knows(e.PlanChanged(revision=2, key="gold", document=document))
    outage = an_outage(world)
    await outage.opens(drill=True)
    await world.at(1)
    assert await called_at_acme(world) == [(0, "Jo Frei")]


async def test_nobody_confirms_and_our_account_manager_is_to_hear(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await world.at(31)

    own = [one for one in await world.published(e.EscalationExhausted) if one.chain is CLIENT]
    assert [[tried.name for tried in one.tried] for one in own] == [["Jo Frei", "Mia Berg"]]


async def test_an_operator_has_the_ceo_called_now(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_operated(Verb.ESCALATE, "acme", chain=CLIENT)
    assert await called_at_acme(world) == [(0, "Jo Frei"), (0, "Mia Berg")]
    assert (0, "Tom Klein") not in await world.calls()


async def test_a_confirm_heard_of_before_the_outage_counts(world: World) -> None:
    """Confirms by key come on another topic than the outage they are about."""
    outage = an_outage(world)
    await outage.is_confirmed_by_key("acme")
    await outage.opens()
    await world.at(21)

    assert await called_at_acme(world) == []
    assert len(await world.published(e.EscalationConfirmed)) == 1


async def test_a_policy_that_is_not_the_clients_own_is_not_run_for_it(world: World) -> None:
    outage = an_outage(world)
    outage.own_policy["acme"] = "critical"
    await outage.opens()
    await world.at(21)
    assert await outage.state("acme", CLIENT) is None


async def test_a_person_who_is_erased_leaves_no_name_behind(world: World) -> None:
    outage = an_outage(world)
    await outage.opens()
    await outage.is_confirmed("acme")
    await world.knows(
        world.client_changed("acme", "ACME"),
        e.ContactErased(revision=world.revision + 1, client_key="acme", person="jo"),
    )
    async with world.database.connection() as conn:
        kept = await conn.fetch(
            """SELECT people::text AS said FROM calls WHERE chain = 'client'
               UNION ALL SELECT document::text FROM escalations
               UNION ALL SELECT name FROM confirms"""
        )
    assert len(kept) == 4
    assert not [row["said"] for row in kept if "Jo Frei" in row["said"]]
