"""What people ask for: reach somebody again, try a destination, ask at a new one."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dispatcher.channels.port import Destination, Rejected, RenderedMessage, SendOutcome
from nacl.public import SealedBox
from tocsin_contracts import events as e
from tocsin_contracts.directory import QuietHours
from tocsin_contracts.words import Channel, Kind, QuestionSource, Severity, Status
from tocsin_runtime.ids import uuid7

from services.dispatcher.tests.facts import (
    INCIDENT,
    SEAL_KEY,
    acme,
    address,
    addresses,
    concerned,
    gold,
    mail_eu,
    opened,
    provider,
    team,
    updated,
)
from services.dispatcher.tests.world import LINK_SEED, PlayedChannel, Sent, World

pytestmark = pytest.mark.integration
JO = "jo@acme.example"
MOBILE = "+49 151 12345678"


def refused(_: RenderedMessage, __: Destination) -> SendOutcome:
    return Rejected("550 5.1.1 no such mailbox")


async def with_a_mobile(world: World, *documents: Any) -> None:
    world.channels[Channel.SMS] = PlayedChannel(Channel.SMS)
    world.core = world.another_process()
    people = [
        address("jo", email=JO, phone=MOBILE) if one.person == "jo" else one for one in addresses()
    ]
    plan = documents or (gold(),)
    await world.knows(provider(), mail_eu(), *plan, team(), acme(), people=people)


async def told(world: World) -> str:
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    return str(next(row["id"] for row in await world.rows(person="jo")))


def again(world: World, delivery: str, channel: Channel | None = None) -> e.ResendRequested:
    return e.ResendRequested(
        incident_id=INCIDENT,
        resend_id=uuid7(),
        delivery_id=delivery,
        channel=channel,
        actor="key:noc",
        at=world.clock.now(),
    )


async def texts(world: World) -> list[Sent]:
    await world.deliver()
    return world.channels[Channel.SMS].sent


# ── reach this person ───────────────────────────────────────────────────────────────────────────


async def test_whom_mail_did_not_reach_is_reached_by_text_message(world: World) -> None:
    await with_a_mobile(world)
    world.channels[Channel.EMAIL].answer = refused
    delivery = await told(world)

    await world.hears(again(world, delivery, Channel.SMS))

    [text] = await texts(world)
    assert (text.kind, text.address) == (Kind.INITIAL, MOBILE)
    assert "Mail EU" in text.message.text
    [row] = await world.rows(channel="sms")
    [failed] = await world.rows(id=delivery)
    assert (row["state"], row["cause_id"], row["rules"]) == (
        "accepted",
        failed["cause_id"],
        failed["rules"],
    )


async def test_what_was_sent_again_elsewhere_does_not_make_that_a_channel_for_updates(
    world: World,
) -> None:
    await with_a_mobile(world)
    delivery = await told(world)
    await world.hears(again(world, delivery, Channel.SMS))
    assert len(await texts(world)) == 1

    await world.hears(updated(world.snapshot(status=Status.IDENTIFIED)))

    assert len(await texts(world)) == 1
    assert world.mails[-1].kind is Kind.UPDATE


async def test_once_more_by_mail_stands_in_the_same_thread(world: World) -> None:
    await with_a_mobile(world)
    delivery = await told(world)
    first = next(mail.message for mail in world.mails if mail.address == JO)

    await world.hears(again(world, delivery))
    await world.deliver()

    mail = world.mails[-1]
    assert (mail.address, mail.message.thread.root_id) == (JO, first.thread.message_id)


async def test_what_waited_for_the_morning_goes_now_and_only_once(world: World) -> None:
    document = gold().document
    assert document is not None
    quiet = document.model_copy(update={"quiet_hours": QuietHours(start="00:00", end="23:00")})
    await with_a_mobile(world, gold().model_copy(update={"document": quiet}))
    minor = world.snapshot(severity=Severity.SEV3)
    client = concerned(severity_entry=Severity.SEV3)
    made = opened(minor)
    assert made.audience is not None
    await world.hears(
        made.model_copy(
            update={"audience": made.audience.model_copy(update={"clients": (client,)})}
        )
    )
    await world.deliver()
    [waiting] = await world.rows(person="jo")
    assert waiting["state"] == "waiting"

    await world.hears(again(world, waiting["id"]))
    await world.deliver()

    assert [mail.address for mail in world.mails] == [JO]
    [before] = await world.rows(id=waiting["id"])
    assert before["state"] == "superseded"
    assert "as a person asked" in before["reason"]


async def test_who_has_no_address_there_shows_with_the_reason(world: World) -> None:
    await with_a_mobile(world)
    delivery = await told(world)

    await world.hears(again(world, delivery, Channel.SLACK))

    [row] = await world.rows(channel="slack")
    assert (row["state"], row["reason"]) == ("skipped", "Jo Frei has no usable slack address")


async def test_nothing_is_sent_again_that_we_do_not_know(world: World) -> None:
    await with_a_mobile(world)
    await told(world)
    before = len(await world.rows())

    await world.hears(again(world, "elsewhere"))

    assert len(await world.rows()) == before


# ── a test ──────────────────────────────────────────────────────────────────────────────────────


def tried(world: World, client_key: str | None, person: str, channel: Channel) -> e.TestRequested:
    return e.TestRequested(
        test_id=uuid7(),
        client_key=client_key,
        person=person,
        channel=channel,
        actor="key:noc",
        at=world.clock.now(),
    )


async def test_a_test_says_that_nothing_is_wrong(world: World) -> None:
    await world.knows_acme()

    await world.hears(tried(world, "acme", "jo", Channel.EMAIL))
    await world.deliver()

    [mail] = world.mails
    assert (mail.kind, mail.address) == (Kind.TEST, JO)
    assert "This is a test by Nordlicht IT for Jo Frei. Nothing is wrong" in mail.message.text
    assert mail.message.answers == ()


async def test_a_colleagues_destination_can_be_tried_too(world: World) -> None:
    await world.knows_acme()

    await world.hears(tried(world, None, "ann", Channel.EMAIL))
    await world.deliver()

    assert [mail.address for mail in world.mails] == ["ann@nordlicht.example"]


async def test_a_test_of_what_is_not_there_says_so(world: World) -> None:
    await world.knows_acme()

    await world.hears(tried(world, "acme", "jo", Channel.SLACK))

    [planned] = await world.published(e.NotificationPlanned)
    assert planned.deliveries[0].reason == "Jo Frei has no usable slack address"


# ── a new destination ───────────────────────────────────────────────────────────────────────────


def added(world: World, channel: Channel, to: str, **given: Any) -> e.DestinationAdded:
    sealed = base64.b64encode(SealedBox(SEAL_KEY.public_key).encrypt(to.encode())).decode()
    values: dict[str, Any] = {
        "destination_id": "destination-1",
        "client_key": "acme",
        "person": "jo",
        "channel": channel,
        "sealed": sealed,
        "expires_at": world.clock.now() + timedelta(hours=24),
    }
    return e.DestinationAdded(**{**values, **given})


async def test_a_new_mailbox_is_asked_by_a_link_for_it_alone(world: World) -> None:
    await world.knows_acme()

    await world.hears(added(world, Channel.EMAIL, "jo@home.example"))
    await world.deliver()

    [mail] = world.mails
    assert (mail.kind, mail.address) == (Kind.CONFIRM_DESTINATION, "jo@home.example")
    assert "Somebody at ACME GmbH wants outage messages sent here" in mail.message.text
    link = next(word for word in mail.message.text.split() if "/destination/" in word)
    claims = claims_of(link)
    assert claims["purpose"] == "destination"
    assert (claims["about"], claims["person"]) == ("destination-1", "jo")
    assert claims["clients"] == ["acme"]


async def test_a_new_telephone_is_asked_by_text_message(world: World) -> None:
    await with_a_mobile(world)

    await world.hears(added(world, Channel.VOICE, "+49 170 1234567"))

    [text] = await texts(world)
    assert (text.kind, text.address) == (Kind.CONFIRM_DESTINATION, "+49 170 1234567")


async def test_what_is_not_confirmed_gets_nothing_of_an_outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(added(world, Channel.EMAIL, "jo@home.example"))
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    kinds = {mail.kind for mail in world.mails if mail.address == "jo@home.example"}
    assert kinds == {Kind.CONFIRM_DESTINATION}


async def test_after_its_time_nobody_is_asked(world: World) -> None:
    await world.knows_acme()

    late = world.clock.now() - timedelta(minutes=1)
    await world.hears(added(world, Channel.EMAIL, "jo@home.example", expires_at=late))
    await world.deliver()

    assert world.mails == []


# ── the notice's own page ───────────────────────────────────────────────────────────────────────


def claims_of(link: str) -> dict[str, Any]:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(LINK_SEED)).public_key()
    token = link.strip("<>.,()").rpartition("/")[2]
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=["EdDSA"], options={"verify_exp": False}
    )
    return claims


async def test_every_notice_links_to_where_it_stands_for_its_reader_alone(world: World) -> None:
    await world.knows_acme()
    delivery = await told(world)

    text = next(mail.message.text for mail in world.mails if mail.address == JO)
    link = next(word for word in text.split() if "/confirm/" in word)
    claims = claims_of(link)
    assert (claims["purpose"], claims["inc"], claims["person"]) == ("confirm", INCIDENT, "jo")
    assert (claims["clients"], claims["jti"]) == (["acme"], delivery)


async def test_who_confirms_behind_the_link_has_it(world: World) -> None:
    await world.knows_acme()
    delivery = await told(world)

    await world.hears(
        e.IncidentReceiptConfirmed(
            incident_id=INCIDENT,
            client_key="acme",
            person="jo",
            person_name="Jo Frei",
            source=QuestionSource.LINK,
            delivery_id=delivery,
            confirmed_at=world.clock.now(),
        )
    )

    [row] = await world.rows(id=delivery)
    assert (row["state"], row["confirmed_at"]) == ("delivered", world.clock.now())
