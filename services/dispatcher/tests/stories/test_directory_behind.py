"""Nobody is told from an older directory than the event was decided on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.incident import Audience
from tocsin_contracts.words import DeliveryState, Kind, Status
from tocsin_runtime.database import Database

from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    audience,
    concerned,
    gold,
    jo,
    mail_eu,
    opened,
    provider,
    resolved,
    step_fired,
    team,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def knows_two_clients(world: World) -> None:
    beta = acme(jo(key="bo", name="Bo Lind"), key="beta", name="Beta AG")
    people = [*addresses(), address("bo", "beta", email="bo@beta.example")]
    await world.knows(provider(), mail_eu(), gold(), team(), acme(), beta, people=people)


def both(acme_needs: int) -> Audience:
    return audience(
        concerned(client_revision=acme_needs), concerned(client_key="beta", client_revision=1)
    )


async def test_a_client_waits_alone_and_is_told_once_its_revision_is_here(world: World) -> None:
    await knows_two_clients(world)

    await world.hears(opened(world.snapshot(), audience=both(acme_needs=2)))
    await world.deliver()
    assert {sent.address for sent in world.mails} == {"bo@beta.example"}

    await world.hears(updated(world.snapshot()))
    await world.deliver()
    assert {sent.address for sent in world.mails} == {"bo@beta.example"}

    await world.knows(
        acme(jo(name="Jo Frei-Roth")), people=[address("jo", email="new@acme.example")]
    )
    assert await world.core.releaser.release() == 2
    await world.deliver()

    to_acme = [sent for sent in world.mails if "acme" in sent.address]
    assert [sent.kind for sent in to_acme] == [Kind.INITIAL, Kind.UPDATE]
    assert {sent.address for sent in to_acme} == {"new@acme.example"}


async def test_an_outage_that_passed_meanwhile_is_told_in_one_message(world: World) -> None:
    await knows_two_clients(world)
    await world.hears(opened(world.snapshot(), audience=both(acme_needs=2)))
    now = world.clock.advance(minutes=5)
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    await world.knows(acme())
    await world.core.releaser.release()
    await world.deliver()

    to_jo = [sent.kind for sent in world.mails if sent.address == "jo@acme.example"]
    assert to_jo == [Kind.RESOLVED]


async def test_a_client_in_the_middle_of_an_apply_waits_for_its_end(world: World) -> None:
    await knows_two_clients(world)
    await world.knows(acme(jo(), jo(key="new", name="New")), complete=False)

    await world.hears(opened(world.snapshot(), audience=both(acme_needs=1)))
    await world.deliver()
    assert {sent.address for sent in world.mails} == {"bo@beta.example"}

    world.revision -= 1
    await world.knows(people=[address("new", email="new@acme.example")])
    await world.core.releaser.release()
    await world.deliver()
    assert {s.address for s in world.mails} == {
        "bo@beta.example",
        "jo@acme.example",
        "new@acme.example",
    }


async def test_after_a_minute_it_is_reported_and_an_operator_can_let_it_go(world: World) -> None:
    await knows_two_clients(world)
    await world.hears(opened(world.snapshot(), audience=both(acme_needs=2)))
    assert await world.published(e.ClientWaiting) == []

    world.clock.advance(seconds=61)
    await world.core.timers.fire_due()
    [waiting] = await world.published(e.ClientWaiting)
    assert (waiting.client_key, waiting.needs_revision, waiting.has_revision) == ("acme", 2, 1)

    snapshot = world.snapshot()
    await world.hears(
        e.ClientReleased(incident_id=snapshot.id, client_key="acme", actor="user:noc")
    )
    await world.deliver()
    assert "jo@acme.example" in {sent.address for sent in world.mails}


async def test_an_event_that_cannot_go_on_holds_up_no_other_incident(world: World) -> None:
    await knows_two_clients(world)
    for name in ("inc-1", "inc-2"):
        snapshot = world.snapshot(id=name, ref=name.upper())
        await world.hears(opened(snapshot, audience=both(acme_needs=2)))
    await world.deliver()
    async with world.database.connection() as conn:
        body = await conn.fetchval(
            """UPDATE parked SET body = $1 FROM parked AS old
               WHERE old.id = parked.id AND parked.subject = 'inc-1' RETURNING old.body""",
            b"unreadable",
        )
    await world.knows(acme())

    assert await world.core.releaser.release() == 1
    assert await told_acme(world) == ["INC-2"]

    async with world.database.connection() as conn:
        await conn.execute("UPDATE parked SET body = $1", body)
    assert await world.core.releaser.release() == 0, "it is put off for a minute"
    world.clock.advance(minutes=1)
    assert await world.core.releaser.release() == 1
    assert await told_acme(world) == ["INC-2", "INC-1"]


async def told_acme(world: World) -> list[str]:
    """The incidents Jo was told of, in order."""
    await world.deliver()
    subjects = [sent.message.subject for sent in world.mails if sent.address == "jo@acme.example"]
    return [subject.split()[-1].strip("()[]") for subject in subjects]


async def test_a_client_that_is_concerned_and_unknown_shows_as_not_told(world: World) -> None:
    await world.knows_acme()
    stranger = concerned(client_key="gone", because="Gone AG uses Mail EU")

    await world.hears(opened(world.snapshot(), audience=audience(concerned(), stranger)))

    announced = [
        d for event in await world.published(e.NotificationPlanned) for d in event.deliveries
    ]
    [row] = [delivery for delivery in announced if delivery.client_key == "gone"]
    assert (row.person, row.state) == ("nobody", DeliveryState.SKIPPED)
    assert row.reason == "the client gone is not in the directory (any more)"
    assert row.because == "Gone AG uses Mail EU"


async def test_a_client_told_in_time_is_not_reported(world: World) -> None:
    await knows_two_clients(world)
    await world.hears(opened(world.snapshot(), audience=both(acme_needs=2)))
    await world.knows(acme())
    await world.core.releaser.release()

    world.clock.advance(minutes=5)
    await world.core.timers.fire_due()

    assert await world.published(e.ClientWaiting) == []


async def test_an_empty_database_before_an_old_topic_sends_nothing(world: World) -> None:
    long_ago = world.clock.now() - timedelta(days=3)

    await world.hears(opened(world.snapshot()), updated(world.snapshot()), at=long_ago)
    await world.knows_acme()
    await world.core.releaser.release()
    await world.hears(
        resolved(world.snapshot(status=Status.RESOLVED, resolved_at=long_ago)), at=long_ago
    )
    await world.deliver()

    assert world.mails == []
    rows = await world.rows()
    assert {row["state"] for row in rows} == {"skipped"}
    assert all(row["reason"].startswith("stale") for row in rows)


async def test_a_database_emptied_an_hour_ago_sends_nothing_of_what_was_before(
    world: World,
) -> None:
    """With the default settings, under which an hour is not old."""
    created = world.clock.now()
    async with world.database.connection() as conn:
        await conn.execute("UPDATE creation SET created_at = $1", created)
    await world.knows_acme()
    before = created - timedelta(minutes=1)
    await world.hears(opened(world.snapshot()), at=before)
    await world.hears_escalation(step_fired(world.snapshot(), before), at=before)
    await world.deliver()
    assert world.mails == []
    assert {row["state"] for row in await world.rows()} == {"skipped"}

    await world.hears(updated(world.snapshot()))
    await world.deliver()
    # Nothing shows that anybody was told before, so it stands alone.
    assert {sent.kind for sent in world.mails} == {Kind.INITIAL}


async def test_a_new_database_notes_when_it_began(fresh_database: Callable[[str], str]) -> None:
    database = await Database.open(fresh_database("dispatcher"))
    async with database.connection() as conn:
        noted = await conn.fetchval("SELECT created_at FROM creation")
        now = await conn.fetchval("SELECT now()")
    await database.close()

    assert noted <= now


async def test_what_happens_after_an_old_topic_was_read_is_told(world: World) -> None:
    long_ago = world.clock.now() - timedelta(days=3)
    await world.knows_acme()
    await world.hears(opened(world.snapshot()), at=long_ago)

    await world.hears(updated(world.snapshot()))
    await world.deliver()

    # Nothing shows that anybody was told before, so it stands alone.
    assert {sent.kind for sent in world.mails} == {Kind.INITIAL}
