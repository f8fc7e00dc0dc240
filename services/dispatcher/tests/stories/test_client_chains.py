"""A client's own escalation: its contacts hear of the outage, one after another, till one confirms.

The plan tells Jo and Mia by mail; the client's own policy calls Mia in Slack after 20 minutes.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.channels.port import RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule, Preferences
from tocsin_contracts.words import Channel, Kind, Severity, Status, Visibility

from services.dispatcher.tests.escalating import MIA, confirmed, contact_called
from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    audience,
    concerned,
    entry,
    gold,
    jo,
    mail_eu,
    mia,
    opened,
    provider,
    resolved,
    taken,
    team,
    updated,
)
from services.dispatcher.tests.world import Sent, World

pytestmark = pytest.mark.integration


async def outage(
    world: World,
    mia_prefers: Preferences | None = None,
    plan: e.PlanChanged | None = None,
    **given: object,
) -> None:
    people = [*addresses(), address("mia", email="mia@acme.example", slack="C0MIA")]
    client = acme(jo(), mia(preferences=mia_prefers or Preferences()))
    await world.knows(provider(), mail_eu(), plan or gold(), team(), client, people=people)
    await world.hears(opened(world.snapshot(**given)))
    await world.deliver()
    world.clock.advance(minutes=20)


def without_mia() -> e.PlanChanged:
    jo_alone = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,))
    return gold(sev1=entry(jo_alone))


async def in_slack(world: World) -> list[Sent]:
    await world.deliver()
    return world.channels[Channel.SLACK].sent


async def why_not(world: World) -> list[str]:
    return [row["reason"] for row in await world.rows(channel="slack", state="skipped")]


async def test_who_is_called_reads_of_the_outage_as_it_stands(world: World) -> None:
    await outage(world)
    before = world.snapshot()
    await world.hears(updated(world.snapshot(status=Status.IDENTIFIED)))

    await world.hears_escalation(contact_called(before, world.clock.now()))

    [sent] = await in_slack(world)
    assert (sent.address, sent.kind) == ("C0MIA", Kind.INITIAL)
    assert "Mail EU" in sent.message.text
    assert "we have found the cause" in sent.message.text
    [row] = await world.rows(channel="slack")
    assert row["client_key"] == "acme"
    assert row["because"] == ("CEO of ACME GmbH: nobody at ACME has confirmed for 20 minutes")


async def test_who_hears_anyway_was_called_elsewhere_once(world: World) -> None:
    await outage(world)
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now()))
    await in_slack(world)

    await world.hears(updated(world.snapshot(status=Status.IDENTIFIED)))
    assert [sent.kind for sent in await in_slack(world)] == [Kind.INITIAL]
    assert world.mails[-1].address == "mia@acme.example"


async def test_the_links_let_a_contact_confirm_and_take_nothing(world: World) -> None:
    await outage(world)
    await world.hears_escalation(
        contact_called(world.snapshot(), world.clock.now(), channels=(Channel.EMAIL,))
    )
    await world.deliver()

    text = world.mails[-1].message.text
    assert world.mails[-1].address == "mia@acme.example"
    assert "/confirm/" in text
    assert "/take/" not in text


async def test_whoever_hears_by_the_call_alone_hears_how_it_ends(world: World) -> None:
    await outage(world, plan=without_mia())
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now()))
    await world.deliver()

    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    assert [sent.kind for sent in await in_slack(world)] == [Kind.INITIAL, Kind.RESOLVED]


async def test_each_further_call_of_a_step_goes_and_one_event_goes_once(world: World) -> None:
    await outage(world)
    first = contact_called(world.snapshot(), world.clock.now())
    await world.hears_escalation(first)
    await world.deliver()
    world.clock.advance(minutes=5)
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now(), call=1))

    assert len(await in_slack(world)) == 2


async def test_nobody_reads_the_same_twice_within_a_minute(world: World) -> None:
    """The plan's first message is just on its way where the policy's first step calls."""
    people = [*addresses(), address("mia", email="mia@acme.example", slack="C0MIA")]
    await world.knows(provider(), mail_eu(), gold(), team(), acme(), people=people)
    await world.hears(opened(world.snapshot()))
    at_once = {"channels": (Channel.EMAIL, Channel.SLACK)}
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now(), **at_once))
    await world.deliver()
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now(), **at_once))
    await world.deliver()

    assert [sent.address for sent in world.mails].count("mia@acme.example") == 1
    assert len(world.channels[Channel.SLACK].sent) == 1
    [told, *_] = await world.rows(channel="email", state="skipped")
    assert told["reason"] == "Mia Roth hears of it there anyway, just now"


async def test_of_an_incident_that_nobody_published_no_contact_hears(world: World) -> None:
    await outage(world, visibility=Visibility.INTERNAL)

    internal = world.snapshot(visibility=Visibility.INTERNAL)
    await world.hears_escalation(contact_called(internal, world.clock.now()))

    assert await in_slack(world) == []
    assert await why_not(world) == ["nobody has published the incident"]


async def test_of_one_that_is_only_checked_a_contact_hears_no_more_than_that(
    world: World,
) -> None:
    await outage(world, visibility=Visibility.INTERNAL)
    now = world.clock.now()
    checked = world.snapshot(visibility=Visibility.INTERNAL, holding_notice_at=now)
    await world.hears_escalation(contact_called(checked, now + timedelta(minutes=20)))

    [sent] = await in_slack(world)
    assert sent.kind is Kind.HOLDING_NOTICE
    assert "signs of a problem" in sent.message.text


async def test_a_confirmation_stops_what_is_still_to_go_and_a_take_does_not(world: World) -> None:
    await outage(world)
    before, at = world.snapshot(), world.clock.now()
    later = at + timedelta(seconds=30)
    await world.hears_escalation(taken(before, later))
    await world.hears_escalation(contact_called(before, at))
    assert len(await in_slack(world)) == 1

    await world.hears_escalation(confirmed(before, later))
    await world.hears_escalation(contact_called(before, at, call=1))

    assert len(await in_slack(world)) == 1
    assert await why_not(world) == ["somebody at the client confirmed it meanwhile"]


async def test_it_is_asked_again_when_the_message_goes(world: World) -> None:
    await outage(world)
    world.channels[Channel.SLACK].answer = lambda *_: RetryLater("connection refused")
    before, at = world.snapshot(), world.clock.now()
    await world.hears_escalation(contact_called(before, at))
    await in_slack(world)
    await world.hears_escalation(confirmed(before, at + timedelta(seconds=30)))
    world.channels[Channel.SLACK].sent.clear()
    world.clock.advance(minutes=2)

    assert await in_slack(world) == []
    assert await why_not(world) == ["somebody at the client confirmed it meanwhile"]


async def test_after_the_end_nobody_is_called(world: World) -> None:
    await outage(world)
    before, at = world.snapshot(), world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=at)))

    await world.hears_escalation(contact_called(before, at))

    assert [one.kind for one in await in_slack(world)] == []
    assert await why_not(world) == ["the incident was settled meanwhile"]


async def test_preferences_and_suppressions_hold_for_a_call_too(world: World) -> None:
    await outage(world, Preferences(channels=(Channel.EMAIL,)))

    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now()))

    assert await in_slack(world) == []
    assert await why_not(world) == ["Mia Roth wishes to be told by email only"]


async def test_somebody_who_left_the_client_shows_as_not_called(world: World) -> None:
    await outage(world)
    gone = MIA.model_copy(update={"person": "kim", "name": "Kim Ode"})

    await world.hears_escalation(
        contact_called(world.snapshot(), world.clock.now(), notify=(gone,))
    )

    assert await in_slack(world) == []
    assert await why_not(world) == ["no longer a contact of ACME GmbH"]


async def test_a_call_waits_for_the_directory_that_its_client_needs(world: World) -> None:
    await outage(world)
    newer = audience(concerned(client_revision=2), version=2)
    change = e.AudienceChanged(
        incident=world.snapshot(), audience_version=2, actor="key:noc", audience=newer
    )
    await world.hears(change)
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now()))
    assert await in_slack(world) == []

    await world.knows(acme(jo(), mia(name="Mia Roth-Ode")))
    await world.core.releaser.release()

    [sent] = await in_slack(world)
    assert sent.address == "C0MIA"


async def test_a_call_that_overtakes_its_incident_waits_for_it(world: World) -> None:
    people = [*addresses(), address("mia", email="mia@acme.example", slack="C0MIA")]
    await world.knows(provider(), mail_eu(), gold(), team(), acme(), people=people)
    incident = world.snapshot()
    await world.hears_escalation(contact_called(incident, world.clock.now()))
    assert await in_slack(world) == []

    await world.hears(opened(incident))
    world.clock.advance(seconds=61)
    await world.core.timers.fire_due()

    assert len(await in_slack(world)) == 1


async def test_what_the_client_was_told_last_is_still_the_message_to_all_of_them(
    world: World,
) -> None:
    """Who reads "3 of 3 people reached" means the plan's message, not the call of one contact."""
    await outage(world, plan=without_mia())
    await world.hears_escalation(contact_called(world.snapshot(), world.clock.now()))
    await world.deliver()
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    assert [sent.kind for sent in world.channels[Channel.SLACK].sent] == [
        Kind.INITIAL,
        Kind.UPDATE,
    ]


async def test_a_minor_outage_does_not_wake_anybody_by_a_call(world: World) -> None:
    wants = Preferences(severity_at_least=Severity.SEV2)
    await outage(world, wants, severity=Severity.SEV3)

    await world.hears_escalation(
        contact_called(world.snapshot(severity=Severity.SEV3), world.clock.now())
    )

    assert await in_slack(world) == []
    assert await why_not(world) == ["Mia Roth wishes critical and major only"]
