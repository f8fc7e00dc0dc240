"""Who hears of what: rules by kind, readers' wishes, exercises, the client's own plan."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.directory import CommunicationPlan, NotifyRule, Preferences
from tocsin_contracts.words import Channel, Kind, Severity

from services.dispatcher.tests.facts import (
    acme,
    audience,
    closed,
    concerned,
    entry,
    jo,
    opened,
    resolved,
    slack_of_jo,
    step_fired,
    updated,
)
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    IT_LEAD,
    NIGHT,
    gold_with,
    knows,
    minor,
    opens,
    raised,
    resolved_at,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

CEO = NotifyRule(roles=("ceo",), channels=(Channel.EMAIL,))


def to(world: World, kind: Kind) -> list[str]:
    return [sent.address.partition("@")[0] for sent in world.mails if sent.kind is kind]


async def test_a_plan_may_tell_others_by_kind_and_who_was_told_is_told_on(world: World) -> None:
    entries = entry(IT_LEAD).model_copy(update={"by_kind": {Kind.CLOSURE: (CEO,)}})
    await knows(world, gold_with(entries=entries))
    await opens(world)
    await world.hears(resolved(resolved_at(world)))
    await world.deliver()
    await world.hears(closed(resolved_at(world)))
    await world.deliver()

    assert to(world, Kind.INITIAL) == ["jo"]
    assert to(world, Kind.RESOLVED) == ["jo"]
    assert sorted(to(world, Kind.CLOSURE)) == ["jo", "mia"]


async def test_each_row_says_which_rules_it_serves(world: World) -> None:
    both = NotifyRule(roles=("it_lead", "ceo"), channels=(Channel.EMAIL,))
    await knows(world, gold_with(IT_LEAD, CEO, both))
    await opens(world)

    [planned] = await world.published(e.NotificationPlanned)
    assert {row.person: row.rules for row in planned.deliveries} == {"jo": (0, 2), "mia": (1, 2)}


async def test_a_role_nobody_holds_shows_with_the_rule_it_leaves_unserved(world: World) -> None:
    finance = NotifyRule(roles=("finance",), channels=(Channel.EMAIL,))
    await knows(world, gold_with(IT_LEAD, finance))
    await opens(world)

    [planned] = await world.published(e.NotificationPlanned)
    [nobody] = [row for row in planned.deliveries if row.state == "skipped"]
    assert nobody.rules == (1,)
    assert nobody.reason == "nobody at ACME GmbH holds the role finance"


async def test_a_reader_who_wishes_major_outages_only_hears_when_it_is_one(world: World) -> None:
    calm = acme(jo(preferences=Preferences(severity_at_least=Severity.SEV2)))
    await knows(world, gold_with(), calm)

    await opens(world)
    assert world.mails == []
    [row] = await world.rows()
    assert (row["state"], row["reason"]) == ("skipped", "Jo Frei wishes critical and major only")

    await raised(world, Severity.SEV2)
    [mail] = world.mails
    assert mail.kind is Kind.INITIAL


async def test_who_was_told_of_a_major_outage_hears_its_end_though_it_became_small(
    world: World,
) -> None:
    calm = acme(jo(preferences=Preferences(severity_at_least=Severity.SEV2)))
    await knows(world, gold_with(), calm)
    await opens(world, severity=Severity.SEV1)
    await world.hears(updated(minor(world, severity=Severity.SEV4)))
    await world.deliver()
    await world.hears(resolved(resolved_at(world)))
    await world.deliver()

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL, Kind.UPDATE, Kind.RESOLVED]


async def test_a_reader_gets_it_on_the_channels_they_wish(world: World) -> None:
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL, Channel.SLACK))
    chats = acme(jo(preferences=Preferences(channels=(Channel.SLACK,))))
    await knows(world, gold_with(rule), chats, people=[slack_of_jo()])
    await opens(world)

    assert world.mails == []
    assert len(world.channels[Channel.SLACK].sent) == 1
    reasons = [row["reason"] for row in await world.rows(state="skipped")]
    assert reasons == ["Jo Frei wishes to be told by slack only"]


@pytest.mark.parametrize(("drills", "told"), [("staff", []), ("clients", ["jo"])])
async def test_an_exercise_reaches_clients_only_where_their_plan_says_so(
    world: World, drills: str, told: list[str]
) -> None:
    await knows(world, gold_with(drills=drills))
    await opens(world, drill=True)
    incident = minor(world, drill=True)
    await world.hears_escalation(step_fired(incident, world.clock.now()))
    await world.deliver()

    assert to(world, Kind.INITIAL) == told
    assert to(world, Kind.ESCALATION) == ["ann"]
    if not told:
        [row] = await world.rows(kind="initial")
        assert row["reason"] == "an exercise: only staff are told"


async def test_the_clients_own_plan_counts_where_the_default_names_the_severity(
    world: World,
) -> None:
    """The promise and the people come from the default plan, the night from the client's own."""
    own = CommunicationPlan(key="own", severities={}, quiet_hours=NIGHT)
    await knows(world, gold_with(), e.PlanChanged(revision=0, key="own", document=own))
    world.clock.set(FRIDAY_LATE)

    await world.hears(opened(minor(world), audience=audience(concerned(own_plan_key="own"))))
    await world.deliver()

    assert world.mails == []
    assert [row["state"] for row in await world.rows()] == ["waiting"]
