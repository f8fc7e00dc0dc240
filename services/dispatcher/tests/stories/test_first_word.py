"""Whoever hears of an outage for the first time reads what is wrong, whatever occasion it is."""

from __future__ import annotations

import pytest
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    SendOutcome,
)
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, Kind, Severity

from services.dispatcher.tests.facts import (
    acme,
    address,
    audience,
    concerned,
    entry,
    gold,
    jo,
    opened,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

WRONG = "Mail EU has been disrupted for ACME GmbH since 09:52 CET."


async def told(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.mails.clear()


async def read_after_an_update(world: World) -> dict[str, tuple[Kind, str]]:
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()
    return {sent.address: (sent.kind, sent.message.text) for sent in world.mails}


async def test_a_ceo_who_is_told_from_a_higher_severity_on_reads_what_is_wrong(
    world: World,
) -> None:
    lead = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,))
    await world.knows_acme()
    await world.knows(gold(sev1=entry(), sev2=entry(lead)))
    lower = concerned(severity_entry=Severity.SEV2)
    await world.hears(opened(world.snapshot(severity=Severity.SEV2), audience=audience(lower)))
    await world.deliver()
    world.mails.clear()

    raised = audience(concerned(), version=2)
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(), audience_version=2, actor="key:noc", audience=raised
        )
    )

    read = await read_after_an_update(world)
    kind, text = read["mia@acme.example"]
    assert kind is Kind.INITIAL
    assert WRONG in text
    assert "A controller has failed." in text
    kind, text = read["jo@acme.example"]
    assert kind is Kind.UPDATE
    assert WRONG not in text


async def test_whoever_takes_a_contacts_place_reads_what_is_wrong(world: World) -> None:
    await told(world)
    await world.knows(
        acme(jo(key="kim", name="Kim Ott")), people=[address("kim", email="kim@acme.example")]
    )

    kind, text = (await read_after_an_update(world))["kim@acme.example"]
    assert kind is Kind.INITIAL
    assert WRONG in text


async def test_the_first_word_was_refused_so_the_next_one_says_what_is_wrong_once(
    world: World,
) -> None:
    def refuses_jo(message: RenderedMessage, to: Destination) -> SendOutcome:
        if to.address.startswith("jo@"):
            return Rejected("no such mailbox")
        return Accepted("id")

    mail = world.channels[Channel.EMAIL]
    mail.answer = refuses_jo
    await told(world)
    mail.answer = None

    assert (await read_after_an_update(world))["jo@acme.example"][0] is Kind.INITIAL
    world.mails.clear()
    assert (await read_after_an_update(world))["jo@acme.example"][0] is Kind.UPDATE


async def test_an_address_put_right_reads_what_is_wrong(world: World) -> None:
    mail = world.channels[Channel.EMAIL]
    mail.answer = lambda _, to: Rejected("gone") if to.address.startswith("jo@") else Accepted("id")
    await told(world)
    await world.knows(people=[address("jo", email="moved@acme.example")])

    read = await read_after_an_update(world)
    assert read["moved@acme.example"][0] is Kind.INITIAL
    assert WRONG in read["moved@acme.example"][1]
    assert read["mia@acme.example"][0] is Kind.UPDATE
