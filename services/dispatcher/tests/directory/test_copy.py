"""The copy of the directory: whatever order events come in, the newest revision wins."""

from __future__ import annotations

import base64
import itertools
from datetime import timedelta

import pytest
from dispatcher.directory import store
from dispatcher.directory.addresses import Seal, SealBroken, labels
from dispatcher.directory.view import View
from nacl.public import PrivateKey
from tocsin_contracts import events as e
from tocsin_contracts.directory import Addresses
from tocsin_contracts.envelope import EventData
from tocsin_contracts.words import Channel, QuestionSource
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests.answering import asked
from services.dispatcher.tests.approving import wants_a_yes
from services.dispatcher.tests.escalating import confirmed, contact_called
from services.dispatcher.tests.facts import (
    acme,
    address,
    jo,
    mail_eu,
    opened,
    provider,
    step_fired,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def feed(world: World, topic: str, *data: EventData) -> None:
    handler = getattr(world.core.directory, topic)
    now = world.clock.now()
    events = [new_event(one, source="test", subject="directory", now=now) for one in data]
    async with world.database.transaction() as conn:
        await handler(conn, events)


async def view(world: World) -> View:
    async with world.database.connection() as conn:
        return await store.load(conn, clients=["acme"], systems=["mail-eu"])


def named(name: str, revision: int) -> e.ClientChanged:
    return acme(jo(), name=name).model_copy(update={"revision": revision})


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
@pytest.mark.parametrize("together", [True, False])
async def test_an_older_entry_never_overwrites_a_newer_one(
    world: World, order: tuple[int, ...], together: bool
) -> None:
    documents = [named(f"ACME {revision}", revision) for revision in order]
    if together:
        await feed(world, "directory", *documents)
    else:
        for document in documents:
            await feed(world, "directory", document)

    assert (await view(world)).clients["acme"].name == "ACME 3"


async def test_what_was_removed_is_not_brought_back_by_an_older_event(world: World) -> None:
    await feed(world, "directory", e.ClientChanged(revision=5, key="acme", document=None))
    await feed(world, "directory", named("ACME", 4))
    await feed(world, "contacts", address("jo", email="jo@acme.example"))
    gone = e.ContactChanged(
        revision=5, client_key="acme", person="jo", name="Jo Frei", addresses=None
    )
    await feed(world, "contacts", gone)

    found = await view(world)
    assert "acme" not in found.clients
    person = found.person("acme", "jo")
    assert person is not None
    assert (person.addresses, person.labels, person.name) == (None, {}, "")


async def test_an_erased_person_is_a_key_without_a_name_in_what_they_were_sent(
    world: World,
) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    await feed(world, "directory", e.ContactErased(revision=2, client_key="acme", person="jo"))

    [kept] = await world.rows(person="jo")
    assert (kept["person_name"], kept["reader"]) == ("", {"person": "jo"})
    assert {row["person_name"] for row in await world.rows(person="mia")} == {"Mia Roth"}


async def test_an_erased_person_is_named_in_no_message_to_staff(world: World) -> None:
    await wants_a_yes(world)
    await world.hears(opened(world.snapshot()))
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))
    before = await notices_to_staff(world)
    assert before.count("Jo Frei") >= 2

    await feed(world, "directory", e.ContactErased(revision=2, client_key="acme", person="jo"))

    after = await notices_to_staff(world)
    assert "Jo Frei" not in after
    assert "23125207" not in after


async def test_an_erased_person_is_named_in_no_call_and_no_news_of_an_escalation(
    world: World,
) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    now = world.clock.now()
    why = (e.Reason(trigger="question_unanswered", minutes=5, names=("Jo Frei",)),)
    reason = "critical, Jo Frei asked, and the answer is 5 minutes late"
    step = step_fired(
        world.snapshot(), now, why=why, reason=reason, about=("Jo Frei",), about_since=now
    )
    await world.hears_escalation(step, contact_called(world.snapshot(), now))
    await world.hears_escalation(confirmed(world.snapshot(), now + timedelta(minutes=1)))
    assert "Jo Frei" in await said_to_staff(world, "escalation")
    assert "Jo Frei" in await said_to_staff(world, "staff_note")

    await feed(world, "directory", e.ContactErased(revision=2, client_key="acme", person="jo"))

    assert "Jo Frei" not in await said_to_staff(world, "escalation")
    assert "Jo Frei" not in await said_to_staff(world, "staff_note")


async def said_to_staff(world: World, kind: str) -> str:
    async with world.database.connection() as conn:
        return str(
            await conn.fetch(
                """SELECT m.notice::text, d.because FROM messages m JOIN deliveries d
                   ON d.message_id = m.id WHERE m.client_key IS NULL AND m.kind = $1""",
                kind,
            )
        )


async def test_an_erased_asker_and_their_words_stay_in_no_message_and_no_timer(
    world: World,
) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(asked(world, source=QuestionSource.SMS))
    async with world.database.connection() as conn:
        await conn.execute(
            "INSERT INTO timers VALUES ('unreachable', 'unreachable/i/acme/jo', 'i', now(),"
            ' \'{"client_key": "acme", "person": "jo", "name": "Jo Frei"}\')'
        )
        await conn.execute(
            "INSERT INTO short_links SELECT id, jsonb_build_object('delivery_id', id), now(), now()"
            " FROM deliveries WHERE person = 'jo'"
        )

    await feed(world, "directory", e.ContactErased(revision=9, client_key="acme", person="jo"))

    async with world.database.connection() as conn:
        questions = await conn.fetch(
            "SELECT notice->'question' AS said FROM messages WHERE kind = 'question_received'"
        )
        timers = await conn.fetch("SELECT payload->>'name' AS name FROM timers")
        links = await conn.fetchval("SELECT count(*) FROM short_links")
    assert [row["said"]["asker"] for row in questions] == ["this person"]
    assert [row["said"]["text"] for row in questions] == ["(deleted)"]
    assert "Jo Frei" not in {row["name"] for row in timers}
    assert links == 0


async def notices_to_staff(world: World) -> str:
    async with world.database.connection() as conn:
        rows = await conn.fetch(
            "SELECT notice->'approval'->'people' AS people, notice->'escalation' AS told"
            " FROM messages WHERE client_key IS NULL"
        )
    return str([tuple(row) for row in rows])


async def test_the_local_revision_is_the_lower_of_the_two_topics(world: World) -> None:
    async def local() -> int:
        async with world.database.connection() as conn:
            return await store.local_revision(conn)

    assert await local() == 0
    await feed(world, "directory", e.RevisionCompleted(revision=7))
    assert await local() == 0
    await feed(world, "contacts", e.RevisionCompleted(revision=5))
    assert await local() == 5
    await feed(world, "contacts", e.RevisionCompleted(revision=9), e.RevisionCompleted(revision=8))
    assert await local() == 7


async def test_only_what_is_asked_for_is_loaded(world: World) -> None:
    await feed(world, "directory", provider(), mail_eu(), named("ACME", 1))
    async with world.database.connection() as conn:
        found = await store.load(conn, clients=["beta"])
    assert found.provider.name == "Nordlicht IT"
    assert (found.clients, found.systems) == ({}, {})


async def test_rows_hold_digests_and_no_address(world: World) -> None:
    await world.knows_acme()
    async with world.database.connection() as conn:
        stored = await conn.fetch("SELECT labels FROM people")
    assert "@" not in str([row["labels"] for row in stored])


def test_one_mailbox_has_one_label_however_it_is_written() -> None:
    seal = Seal(None)
    one = labels(Addresses(email="Jo@Acme.Example"), seal)
    same = labels(Addresses(email="jo@acme.example "), seal)
    other = labels(Addresses(email="mia@acme.example"), seal)
    assert one == same != other


def test_an_address_sealed_to_another_key_does_not_open() -> None:
    sealed = address("jo", webhook="https://acme.example/hook").addresses
    assert sealed is not None
    stranger = Seal(base64.b64encode(bytes(PrivateKey.generate())).decode())
    assert labels(sealed, stranger) == {Channel.WEBHOOK: "unreadable"}
    with pytest.raises(SealBroken, match="SEAL_PRIVATE_KEY is not set"):
        Seal(None).open(sealed.sealed[Channel.WEBHOOK])
