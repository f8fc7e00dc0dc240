"""Staff are called when escalation says so, unless what it was decided on has changed."""

from __future__ import annotations

import base64
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dispatcher.channels.port import Destination, RenderedMessage, RetryLater, SendOutcome
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind, StaffRole, Status

from services.dispatcher.tests.facts import (
    INCIDENT,
    acme,
    address,
    opened,
    resolved,
    step_fired,
    taken,
)
from services.dispatcher.tests.world import LINK_SEED, World

pytestmark = pytest.mark.integration


def away(_: RenderedMessage, __: Destination) -> SendOutcome:
    return RetryLater("connection refused")


async def staff_mails(world: World) -> list[str]:
    await world.deliver()
    return [sent.address for sent in world.mails if sent.kind.for_staff]


async def outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.clock.advance(minutes=15)


async def test_the_account_manager_is_called_with_a_link_for_her_alone(world: World) -> None:
    await outage(world)

    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))

    assert await staff_mails(world) == ["ann@nordlicht.example"]
    text = world.mails[-1].message.text
    assert "ACME GmbH" in text
    link = next(word for word in text.split() if "/take/" in word)
    token = link.rpartition("/take/")[2].strip("<>.,()")
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(LINK_SEED)).public_key()
    claims = jwt.decode(token, key, algorithms=["EdDSA"], options={"verify_exp": False})
    assert jwt.get_unverified_header(token)["kid"] == "k1"
    assert claims["purpose"] == "take"
    assert (claims["inc"], claims["person"], claims["clients"]) == (INCIDENT, "ann", ["acme"])
    assert claims["jti"]
    assert claims["exp"] > world.clock.now().timestamp()


async def test_staff_never_share_a_thread_with_clients(world: World) -> None:
    await outage(world)
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))
    await staff_mails(world)

    assert world.mails[-1].message.thread.root_id is None


async def test_staff_go_before_clients(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].concurrency = 1
    await world.hears(opened(world.snapshot()))
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))

    await world.deliver()

    assert world.mails[0].kind is Kind.ESCALATION


async def dropped(world: World) -> list[tuple[str, str | None]]:
    """Whom the timeline says were not called, and why."""
    return [
        (delivery.person, delivery.reason)
        for event in await world.published(e.NotificationPlanned)
        for delivery in event.deliveries
        if event.kind.for_staff and delivery.state is DeliveryState.SKIPPED
    ]


@pytest.mark.parametrize("trigger", ["unacknowledged", "unresolved", "severity_at_least"])
async def test_a_resolve_that_is_known_already_stops_every_step(world: World, trigger: str) -> None:
    await outage(world)
    before = world.snapshot()
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    await world.hears_escalation(step_fired(before, now, trigger=trigger))

    assert await staff_mails(world) == []
    assert await dropped(world) == [("ann", "the incident was settled meanwhile")]


@pytest.mark.parametrize(("trigger", "called"), [("unacknowledged", 0), ("unresolved", 1)])
async def test_an_acknowledge_stops_unacknowledged_steps_and_no_other(
    world: World, trigger: str, called: int
) -> None:
    await outage(world)
    before = world.snapshot()
    now = world.clock.now()
    await world.hears(acknowledged(world))

    await world.hears_escalation(step_fired(before, now, trigger=trigger))

    assert len(await staff_mails(world)) == called


async def test_an_incident_that_became_part_of_another_calls_nobody(world: World) -> None:
    await outage(world)
    before = world.snapshot()
    data = e.IncidentLinked(
        incident=world.snapshot(parent_id="the-parent"),
        audience_version=1,
        actor="key:noc",
        parent_id="the-parent",
        parent_ref="INC-2040",
        reason="the same storage system has failed",
    )
    await world.hears(opened(world.snapshot(id="the-parent", ref="INC-2040")), data)

    await world.hears_escalation(step_fired(before, world.clock.now()))

    assert await staff_mails(world) == []
    assert await dropped(world) == [("ann", "INC-2040 speaks for it")]


async def test_what_happens_before_the_mail_goes_stops_it_too(world: World) -> None:
    await outage(world)
    world.channels[Channel.EMAIL].answer = away
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))
    await world.deliver()

    await world.hears(acknowledged(world))
    world.channels[Channel.EMAIL].answer = None
    world.mails.clear()
    world.clock.advance(minutes=1)

    assert await staff_mails(world) == []
    [row] = await world.rows(kind="escalation")
    assert row["state"] == "skipped"
    assert row["reason"] == "the incident was acknowledged meanwhile"


async def test_a_take_stops_what_was_decided_before_it_and_nothing_later(world: World) -> None:
    await outage(world)
    world.channels[Channel.EMAIL].answer = away
    incident = world.snapshot()
    now = world.clock.now()
    await world.hears_escalation(step_fired(incident, now, trigger="unresolved"))
    await world.deliver()
    await world.hears_escalation(taken(incident, now + timedelta(seconds=30)))
    world.channels[Channel.EMAIL].answer = None
    world.mails.clear()
    world.clock.advance(minutes=40)
    assert await staff_mails(world) == []

    await world.hears_escalation(step_fired(incident, world.clock.now(), trigger="unresolved"))
    assert await staff_mails(world) == ["ann@nordlicht.example"]


async def test_a_step_that_arrives_after_the_take_shows_as_not_called(world: World) -> None:
    await outage(world)
    before, at = world.snapshot(), world.clock.now()
    await world.hears_escalation(taken(before, at + timedelta(seconds=30)))

    await world.hears_escalation(step_fired(before, at, trigger="unresolved"))

    assert await staff_mails(world) == []
    assert await dropped(world) == [("ann", "somebody took it meanwhile")]


async def test_those_called_before_hear_that_somebody_has_it(world: World) -> None:
    await outage(world)
    incident = world.snapshot()
    now = world.clock.now()
    await world.hears_escalation(step_fired(incident, now))
    await world.deliver()
    world.mails.clear()

    ann = e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER)
    await world.hears_escalation(taken(incident, now + timedelta(minutes=1), told=(ann,)))

    assert await staff_mails(world) == ["ann@nordlicht.example"]
    assert world.mails[-1].kind is Kind.ESCALATION_TAKEN
    assert world.mails[-1].message.thread.root_id is not None


async def test_when_nobody_took_it_the_last_resort_hears_or_else_the_noc(world: World) -> None:
    await outage(world)
    incident = world.snapshot()
    exhausted = e.EscalationExhausted(
        incident=incident,
        client_keys=("acme",),
        at=world.clock.now(),
        kind=Kind.ESCALATION_EXHAUSTED,
        tried=(),
    )
    await world.hears_escalation(exhausted)
    assert await staff_mails(world) == ["noc@nordlicht.example"]

    await world.knows(people=[address("last-resort", None, email="boss@nordlicht.example")])
    await world.hears_escalation(exhausted)
    assert (await staff_mails(world))[-1] == "boss@nordlicht.example"
    assert world.mails[-1].message.thread.root_id is None


async def test_one_person_in_two_roles_is_called_once(world: World) -> None:
    await outage(world)
    both = (
        e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER),
        e.Called(person="ann", name="Ann Weiss", role=StaffRole.DEPUTY),
    )
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now(), notify=both))

    assert await staff_mails(world) == ["ann@nordlicht.example"]
    [row] = await world.rows(kind="escalation")
    assert row["roles"] == ["account_manager", "deputy"]


async def test_a_call_waits_for_an_address_that_is_on_its_way(world: World) -> None:
    await outage(world)
    new = (e.Called(person="eva", name="Eva Lang", role=StaffRole.DIRECTOR),)
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now(), notify=new))
    assert await staff_mails(world) == []

    await world.knows(people=[address("eva", None, email="eva@nordlicht.example")])
    await world.core.releaser.release()
    assert await staff_mails(world) == ["eva@nordlicht.example"]


async def test_an_operator_who_hands_over_by_a_key_is_nobody_to_wait_for(world: World) -> None:
    await outage(world)
    now = world.clock.now()
    handed_over = e.EscalationHandedOver(
        incident=world.snapshot(),
        client_keys=("acme",),
        at=now,
        kind=Kind.ESCALATION_HANDED_OVER,
        person="key:noc",
        person_name="key:noc",
        to=e.Called(person="tom", name="Tom Klein", role=StaffRole.DEPUTY),
        expires_at=now + timedelta(minutes=30),
    )
    operator = e.Called(person="key:noc", name="key:noc", role=StaffRole.DEPUTY)
    ann = e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER)
    await world.hears_escalation(handed_over)
    await world.hears_escalation(taken(world.snapshot(), now, told=(operator, ann)))

    assert await staff_mails(world) == ["tom@nordlicht.example", "ann@nordlicht.example"]
    rows = await world.rows(client_key=None)
    assert {row["person"] for row in rows} == {"tom", "ann"}


async def test_a_last_resort_that_nobody_set_up_shows_at_once(world: World) -> None:
    """The account teams name no last resort, so its address is not on its way."""
    await outage(world)
    async with world.database.connection() as conn:
        await conn.execute("DELETE FROM people WHERE person = 'noc'")

    await world.hears_escalation(
        e.EscalationExhausted(
            incident=world.snapshot(),
            client_keys=("acme",),
            at=world.clock.now(),
            kind=Kind.ESCALATION_EXHAUSTED,
            tried=(),
        )
    )

    [row] = await world.rows(kind="escalation_exhausted")
    assert row["reason"] == "the NOC has no usable email address"


async def test_a_call_to_nobody_we_know_shows_as_such_after_a_minute(world: World) -> None:
    await outage(world)
    new = (e.Called(person="eva", name="Eva Lang", role=StaffRole.DIRECTOR),)
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now(), notify=new))

    world.clock.advance(seconds=61)
    await world.core.timers.fire_due()

    [row] = await world.rows(kind="escalation")
    assert (row["state"], row["reason"]) == ("skipped", "Eva Lang has no usable email address")


async def test_several_clients_say_who_is_next_for_each(world: World) -> None:
    await outage(world)
    await world.knows(acme(key="beta", name="Beta AG"))
    then = world.clock.now() + timedelta(minutes=10)
    tom, lea = e.NextCall(name="Tom Klein", at=then), e.NextCall(name="Lea Roth", at=then)
    differ = {"next": tom, "next_by_client": {"acme": tom, "beta": lea}}
    both = ("acme", "beta")
    await world.hears_escalation(
        step_fired(world.snapshot(), world.clock.now(), client_keys=both, **differ)
    )
    await staff_mails(world)

    text = world.mails[-1].message.text
    assert "ACME GmbH: no answer by 10:17 CET, and Tom Klein is called." in text
    assert "Beta AG: no answer by 10:17 CET, and Lea Roth is called." in text
    assert "No answer by" not in text


def acknowledged(world: World) -> e.IncidentAcknowledged:
    return e.IncidentAcknowledged(
        incident=world.snapshot(acknowledged_at=world.clock.now()),
        audience_version=1,
        actor="key:noc",
    )
