"""Whom a step calls: who holds the role now, one message a person, and nobody left out."""

from __future__ import annotations

import pytest
from escalation.cases import arming
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Severity

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import ANN, CRITICAL, DAN, EVA, SEV1, TOM, step, team
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_a_role_nobody_holds_is_skipped_and_the_next_step_comes_at_once(
    world: World,
) -> None:
    await world.knows(world.team_changed(deputy=TOM, director=DAN))
    await Outage(world).opens()
    await world.look()

    [skipped] = await world.published(e.StepSkipped)
    assert skipped.reason == "The account team names no account manager."
    assert await world.calls() == [(0, "Tom Klein")]


async def test_a_client_without_a_team_ends_with_the_last_resort(world: World) -> None:
    await world.knows(world.client_changed("acme", "ACME", None))
    await Outage(world).opens()
    await world.at(1)

    assert await world.calls() == []
    assert len(await world.published(e.StepSkipped)) == 3
    [exhausted] = await world.published(e.EscalationExhausted)
    assert exhausted.tried == ()


async def test_whoever_holds_the_role_when_it_is_due_is_called(world: World) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(10)
    await world.knows(world.team_changed(account_manager=ANN, deputy=EVA))
    await world.at(16)

    assert await world.calls() == [(15, "Eva Lang")]


async def test_one_person_for_two_clients_on_two_policies_gets_one_mail(world: World) -> None:
    mail_only = CRITICAL.model_copy(
        update={"key": "mail", "steps": (step(SEV1, "account_manager"),)}
    )
    await world.knows(e.PolicyChanged(revision=2, key="mail", document=mail_only))
    outage = Outage(world, clients=("acme", "beta"))
    outage.policy["beta"] = "mail"
    await outage.opens()

    fired = await world.published(e.StepFired)
    assert [(one.channels, one.client_keys) for one in fired] == [
        ((Channel.EMAIL,), ("acme", "beta")),
        ((Channel.SMS,), ("acme",)),
    ]


async def test_two_teams_that_share_a_director_call_each_person_once(world: World) -> None:
    other = team("team-b", escalation_manager=TOM, director=DAN)
    await world.knows(
        e.TeamChanged(revision=2, key="team-b", document=other),
        world.client_changed("beta", "Beta AG", "team-b"),
    )
    outage = Outage(world, Severity.SEV2, clients=("acme", "beta"))
    await outage.opens()
    await outage.is_acknowledged()
    await world.at(121)

    fired = await world.published(e.StepFired)
    told = {(one.notify[0].name, one.client_keys) for one in fired if len(one.notify) == 1}
    assert told == {
        ("Eva Lang", ("acme",)),
        ("Dan Roth", ("acme", "beta")),
        ("Tom Klein", ("beta",)),
    }


async def test_a_client_ahead_of_the_directory_waits_alone(world: World) -> None:
    outage = Outage(world, clients=("acme", "beta"))
    outage.revisions["beta"] = 2
    await outage.opens()
    assert [one.client_keys for one in await world.published(e.StepFired)] == [("acme",)]

    await world.knows(world.client_changed("beta", "Beta Holding AG"))
    await world.look()

    fired = await world.published(e.StepFired)
    assert [one.client_keys for one in fired] == [("acme",), ("beta",)]
    assert fired[1].reason == "critical, and nobody speaks for us with Beta Holding AG yet"


async def test_a_client_that_waited_is_let_in_although_the_first_look_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(world)
    outage.revisions["acme"] = 2
    await outage.opens()
    await world.knows(world.client_changed("acme", "ACME"))
    with monkeypatch.context() as broken:
        broken.setattr(arming, "let_in", _breaks)
        await world.look()
    assert await world.calls() == []

    await world.at(2)
    assert await world.calls() == [(1, "Ann Weiss")]


def _breaks(*_: object, **__: object) -> None:
    raise RuntimeError("a row nobody foresaw")


async def test_an_operator_releases_a_client_that_waits(world: World) -> None:
    outage = Outage(world)
    outage.revisions["acme"] = 99
    await outage.opens()
    release = e.ClientReleased(incident_id=outage.id, client_key="acme", actor="key:noc")
    await world.feed_incidents(world._event(release, subject=outage.id))
    await world.look()

    assert await world.calls() == [(0, "Ann Weiss")]


async def test_a_client_that_joins_is_stood_for_from_then_on(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_acknowledged()
    await world.at(10)
    await outage.has_audience("acme", "beta")

    fired = await world.published(e.StepFired)
    assert [(world.minute(one.at), one.client_keys) for one in fired] == [
        (0, ("acme",)),
        (10, ("beta",)),
    ]


async def test_a_client_that_leaves_is_not_stood_for_any_more(world: World) -> None:
    outage = Outage(world, Severity.SEV2, clients=("acme", "beta"))
    await outage.opens()
    await outage.has_audience("acme")
    await world.at(16)

    [stopped] = await world.published(e.EscalationStopped)
    assert stopped.client_keys == ("beta",)
    assert [one.client_keys for one in await world.published(e.StepFired)] == [("acme",)]


async def test_where_another_is_next_for_each_client_the_call_says_so(world: World) -> None:
    await world.knows(
        e.TeamChanged(
            revision=2, key="team-b", document=team("team-b", account_manager=ANN, deputy=EVA)
        ),
        world.client_changed("beta", "Beta AG", account_team="team-b"),
    )
    await Outage(world, clients=("acme", "beta")).opens()

    [fired] = await world.published(e.StepFired)
    assert {key: one.name for key, one in fired.next_by_client.items()} == {
        "acme": "Tom Klein",
        "beta": "Eva Lang",
    }


async def test_where_one_answer_holds_for_all_clients_it_is_said_once(world: World) -> None:
    await Outage(world, clients=("acme", "beta")).opens()

    [fired] = await world.published(e.StepFired)
    assert fired.next is not None
    assert (fired.next.name, fired.next_by_client) == ("Tom Klein", {})
