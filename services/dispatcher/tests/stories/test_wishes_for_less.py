"""Whoever speaks for us with a client hears which of its readers wishes for less."""

from __future__ import annotations

import httpx
import pytest
from dispatcher.callbacks.unsubscribe import Unsubscriber
from dispatcher.links.unsubscribing import Leaving, Unsubscribing
from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.health_app import health_app
from tocsin_runtime.outbox import Outbox

from services.dispatcher.tests.facts import INCIDENT
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def notes(world: World) -> list[str]:
    """What Ann reads."""
    await world.core.timers.fire_due()
    await world.deliver()
    return [
        sent.message.text.split("\n")[0]
        for sent in world.mails
        if sent.kind is Kind.STAFF_NOTE and sent.address == "ann@nordlicht.example"
    ]


async def test_the_account_manager_hears_who_wishes_for_less_and_only_once(world: World) -> None:
    await world.knows_acme()
    links = Unsubscribing("http://test", b"a key of thirty-two bytes or more")
    app = health_app(
        Unsubscriber(links, world.database, Outbox(world.database), world.clock).routes()
    )
    link = links.link(Leaving("acme", "jo", Channel.EMAIL, "d-1", INCIDENT))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as one:
        for _ in range(2):
            answer = await one.post(link, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
            said = await notes(world)

    assert said == [
        "Jo Frei, ACME GmbH asked by email to hear of critical and major outages only, from now on."
    ]
