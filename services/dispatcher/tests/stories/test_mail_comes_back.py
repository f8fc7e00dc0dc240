"""What comes back for a mail, as bytes from a mail server, and what the incident learns of it."""

from __future__ import annotations

import pytest
from dispatcher.callbacks.mail_parts import mail_intake, mail_marks
from dispatcher.replies.mail_sorting import Envelope
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, SuppressionCause

from services.dispatcher.tests.facts import (
    acme,
    addresses,
    gold,
    mail_eu,
    opened,
    provider,
    team,
    updated,
)
from services.dispatcher.tests.replies.mails import bounce, complaint, mail
from services.dispatcher.tests.world import Sent, World, settings

pytestmark = pytest.mark.integration
JO = "jo@acme.example"
DOMAINS = {
    "mail_return_domain": "bounce.nordlicht.example",
    "mail_reply_domain": "answer.nordlicht.example",
    "dispatcher_public_url": "https://tocsin.nordlicht.example",
}


async def told(world: World) -> Sent:
    """An outage of which Jo was told; the mail."""
    world.core = world.another_process(**DOMAINS)
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    return next(sent for sent in world.mails if sent.address == JO)


async def comes_in(world: World, raw: bytes, sender: str, *recipients: str) -> str:
    core = world.core
    intake = mail_intake(settings(**DOMAINS), core.replies, core.receipts, world.clock)
    became = await intake.receive(raw, Envelope(sender, recipients))
    await world.deliver()
    return became


async def test_a_mail_carries_what_brings_it_back_and_how_to_have_less(world: World) -> None:
    sent = (await told(world)).message

    assert sent.return_path is not None
    assert sent.return_path.endswith("@bounce.nordlicht.example")
    assert sent.reply_to is not None
    assert sent.reply_to.endswith("@answer.nordlicht.example")
    assert sent.unsubscribe_url is not None
    assert sent.unsubscribe_url.startswith("https://tocsin.nordlicht.example/unsubscribe/")
    assert sent.unsubscribe_url in sent.text
    assert sent.html is not None
    assert sent.unsubscribe_url in sent.html


async def test_having_less_is_asked_in_the_language_of_the_mail_be_it_the_client_s(
    world: World,
) -> None:
    world.core = world.another_process(**DOMAINS)
    await world.knows(provider(), mail_eu(), gold(), team(), acme(locale="de"), people=addresses())
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    sent = next(sent for sent in world.mails if sent.address == JO)
    links = mail_marks(settings(**DOMAINS)).unsubscribing

    assert "gestört" in sent.message.text
    assert links is not None
    leaving = links.read((sent.message.unsubscribe_url or "").rpartition("/")[2])
    assert leaving.locale == "de"


async def test_calls_to_staff_offer_no_unsubscribing(world: World) -> None:
    row = (await told(world)).key
    marks = mail_marks(settings(**DOMAINS))
    [kept] = await world.rows(id=row)
    assert kept["client_key"] == "acme"
    assert marks.unsubscribing is not None

    staff = [sent for sent in world.mails if sent.address.endswith("@nordlicht.example")]
    assert all(sent.message.unsubscribe_url is None for sent in staff)


async def test_a_reply_is_a_question_of_its_reader_about_this_incident(world: World) -> None:
    sent = await told(world)
    raw = mail(body="Is Munich affected?\n\nOn Tue Nordlicht wrote:\n> Mail EU is down.\n")

    assert await comes_in(world, raw, JO, sent.message.reply_to or "") == "asked"

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.client_key, reply.person, reply.delivery_id) == ("acme", "jo", sent.key)
    assert reply.text == "Is Munich affected?"


async def test_a_bounce_ends_what_goes_to_that_mailbox(world: World) -> None:
    sent = await told(world)
    path = sent.message.return_path or ""

    assert await comes_in(world, bounce(quoted="<x@y>", to=path), "", path) == "report"

    [row] = await world.rows(id=sent.key)
    assert row["state"] == "failed"
    [told_of] = await world.published(e.SuppressionChanged)
    assert (told_of.channel, told_of.cause) == (Channel.EMAIL, SuppressionCause.HARD_BOUNCE)
    assert JO not in told_of.detail

    before = len([one for one in world.mails if one.address == JO])
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    assert len([one for one in world.mails if one.address == JO]) == before


async def test_a_complaint_does_too_and_the_mail_had_arrived(world: World) -> None:
    sent = await told(world)
    raw = complaint(original_from=sent.message.return_path or "")

    await comes_in(world, raw, "fbl@mail.example", "fbl@nordlicht.example")

    [row] = await world.rows(id=sent.key)
    assert row["state"] == "delivered"
    [told_of] = await world.published(e.SuppressionChanged)
    assert told_of.cause is SuppressionCause.COMPLAINT


async def test_an_absence_notice_is_neither_passed_on_nor_answered(world: World) -> None:
    sent = await told(world)
    mails = len(world.mails)

    raw = mail("Auto-Submitted: auto-replied", body="I am away until Monday.")
    assert await comes_in(world, raw, JO, sent.message.reply_to or "") == "left"

    assert await world.published(e.ReplyReceived) == []
    assert len(world.mails) == mails


async def test_the_same_mail_by_two_ways_is_one_question(world: World) -> None:
    sent = await told(world)
    for _ in range(2):
        await comes_in(world, mail(), JO, sent.message.reply_to or "")

    assert len(await world.published(e.ReplyReceived)) == 1


async def test_a_mail_full_of_nul_is_kept_at_once_and_not_asked_for_again(world: World) -> None:
    sent = await told(world)
    raw = mail(
        "References: <\x00older@acme.example>",
        'Content-Type: text/plain; charset="utf-8"; name="\x00.txt"',
        body="Is \x00Munich affected?",
        sender="Jo\x00 Frei <jo@acme.example>",
    ).replace(b"<reply-1@", b"<reply\x00-1@")

    assert await comes_in(world, raw, JO, sent.message.reply_to or "", "x\x00@y.example") == "asked"

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.person, reply.text) == ("jo", "Is Munich affected?")


async def test_a_bounce_with_nul_in_its_diagnosis_counts_too(world: World) -> None:
    sent = await told(world)
    path = sent.message.return_path or ""
    raw = bounce(diagnosis="smtp; 550 5.1.1 no\x00body there", to=path)

    assert await comes_in(world, raw, "", path) == "report"

    assert (await world.rows(id=sent.key))[0]["state"] == "failed"
