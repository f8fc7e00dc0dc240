"""The database is lost and built again from the log: everything stands as it stood."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from escalation.bootstrap import rebuilding
from escalation.policies.state import Chain, ChainKey
from escalation.policies.store import chains
from tocsin_contracts import events as e
from tocsin_contracts.policies import ChainKind, EscalationPolicy
from tocsin_contracts.registry import ESCALATIONS
from tocsin_contracts.words import Severity, Verb
from tocsin_runtime.database import Database

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import ANN, SEV1, UNACKNOWLEDGED, step
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def empty(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    database = await Database.open(fresh_database("escalation"), max_size=4)
    yield database
    await database.close()


async def rebuilt(world: World, empty: Database) -> None:
    """What ``python -m escalation rebuild`` does, on what the world's Kafka would hold."""
    log = {**world.heard, ESCALATIONS: await world.outbox()}
    for topic, handler in rebuilding(empty, world.clock).items():
        for event in log.get(topic, []):
            async with empty.transaction() as conn:
                await handler(conn, [event])


async def stands(database: Database, outage: Outage) -> dict[ChainKey, Chain]:
    """Where each chain stands, but for what only says how it came to that."""
    async with database.connection() as conn:
        found = (await chains(conn, [outage.id])).get(outage.id, {})
    return {
        key: _without_its_way_there(chain, outage.snapshot.known_at) for key, chain in found.items()
    }


def _without_its_way_there(chain: Chain, at: datetime) -> Chain:
    take = None if chain.take is None else replace(chain.take, at=at)
    return replace(chain, take=take, brought_forward={}, waiting=())


async def comes_back(world: World, outage: Outage, empty: Database) -> None:
    before = await stands(world.database, outage)
    assert before
    await rebuilt(world, empty)
    assert await stands(empty, outage) == before
    again = World(empty)
    assert await again.published(e.EscalationEvent) == []


async def test_calls_and_their_repeats(world: World, empty: Database) -> None:
    outage = Outage(world, clients=("acme", "beta"))
    await outage.opens()
    await world.at(21)
    await comes_back(world, outage, empty)


async def test_a_take_that_an_update_kept(world: World, empty: Database) -> None:
    outage = Outage(world)
    outage.promise(word=30)
    await outage.opens()
    await outage.is_taken_by("ann")
    await world.at(25)
    await outage.is_updated(next_word=30)
    await world.at(40)
    await comes_back(world, outage, empty)


async def test_a_take_for_two_hours(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.TAKE, "ann", minutes=120)
    await comes_back(world, outage, empty)


async def test_passed_on_by_whoever_had_it(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await world.at(10)
    await outage.is_passed_on_by("ann")
    await comes_back(world, outage, empty)


async def test_handed_over(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.HAND_OVER, "ann", to="eva", reason="I am on a train.")
    await comes_back(world, outage, empty)


async def test_a_pause(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(5)
    await outage.is_operated(Verb.PAUSE, "acme", minutes=60)
    await comes_back(world, outage, empty)


async def test_a_pause_that_is_over(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await outage.is_operated(Verb.PAUSE, "acme", minutes=60)
    await world.at(61)
    await comes_back(world, outage, empty)


async def test_a_step_that_an_operator_brought_forward(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_operated(Verb.ESCALATE, "acme")
    await comes_back(world, outage, empty)


async def test_a_step_that_was_taken_back(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(16)
    await outage.is_operated(Verb.DE_ESCALATE, "acme")
    await comes_back(world, outage, empty)


async def test_the_clients_own_chain_confirmed_and_not(world: World, empty: Database) -> None:
    outage = Outage(world, clients=("acme", "beta"))
    outage.own_policy = {"acme": "acme-itself", "beta": "acme-itself"}
    await outage.opens()
    await world.at(5)
    await outage.is_confirmed("acme")
    await world.at(21)
    await comes_back(world, outage, empty)


async def test_the_version_that_runs_though_the_policy_was_changed(
    world: World, empty: Database
) -> None:
    """The directory's topic keeps the newest alone: what runs is known from our own."""
    outage = Outage(world)
    await outage.opens()
    document = step(UNACKNOWLEDGED, "director", after=5)
    changed = (await stands(world.database, outage)).popitem()[1].policy
    changed = changed.model_copy(update={"steps": (step(SEV1, "deputy"), document)})
    await world.knows(
        e.PolicyChanged(revision=world.revision + 1, key="critical", document=changed)
    )
    await world.at(16)
    await comes_back(world, outage, empty)


async def test_late_words_each_called_for_by_itself(world: World, empty: Database) -> None:
    outage = Outage(world, Severity.SEV2)
    outage.promise(word=5)
    await outage.opens()
    await outage.is_acknowledged()
    await world.at(16)
    await outage.is_updated(next_word=10)
    await world.at(40)
    await comes_back(world, outage, empty)


async def test_reopened_and_called_again(world: World, empty: Database) -> None:
    outage = Outage(world)
    outage.own_policy["acme"] = "acme-itself"
    await outage.opens()
    await outage.is_confirmed("acme")
    await outage.is_taken_by("ann")
    await world.at(10)
    await outage.is_resolved()
    await world.at(20)
    await outage.is_reopened()
    await world.at(36)
    await comes_back(world, outage, empty)


async def test_everybody_was_called(world: World, empty: Database) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(140)
    await comes_back(world, outage, empty)


async def test_one_message_for_clients_on_policies_that_differ(
    world: World, empty: Database
) -> None:
    """It names the first client's step: what was called for each is told beside it."""
    late = (step(UNACKNOWLEDGED, "deputy", after=15), step(UNACKNOWLEDGED, "deputy", after=16))
    document = EscalationPolicy(key="calm", steps=(step(SEV1, "director"), *late))
    await world.knows(e.PolicyChanged(revision=world.revision + 1, key="calm", document=document))
    outage = Outage(world, clients=("acme", "beta"))
    outage.policy["beta"] = "calm"
    await outage.opens()
    await world.at(17)
    await comes_back(world, outage, empty)


async def test_channels_that_take_turns(world: World, empty: Database) -> None:
    turns: dict[str, Any] = {"channels": ["voice", "sms"], "in_turn": True, "repeat": 1}
    document = EscalationPolicy(key="critical", steps=(step(SEV1, "account_manager", **turns),))
    await world.knows(
        e.PolicyChanged(revision=world.revision + 1, key="critical", document=document)
    )
    outage = Outage(world)
    await outage.opens()
    await world.at(4)
    await comes_back(world, outage, empty)


async def test_skipped_where_nobody_was_there(world: World, empty: Database) -> None:
    await world.knows(world.team_changed(account_manager=ANN))
    outage = Outage(world)
    await outage.opens()
    await world.at(16)
    await comes_back(world, outage, empty)


async def test_erased_names_do_not_come_back_with_the_log(world: World, empty: Database) -> None:
    outage = Outage(world)
    outage.own_policy["acme"] = "acme-itself"
    await outage.opens()
    await outage.is_confirmed("acme")
    await world.knows(e.ContactErased(revision=world.revision + 1, client_key="acme", person="jo"))
    await comes_back(world, outage, empty)
    own = (await stands(empty, outage))["acme", ChainKind.CLIENT]
    assert own.confirmed is not None
    assert [own.confirmed.name, *(person.name for person in own.called)] == ["", ""]
