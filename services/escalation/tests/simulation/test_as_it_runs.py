"""Random scenarios through the service as it runs, and the simulation's answer to the same events:
the same people are called, left out and let go, at the same moments, for the same reasons."""

from __future__ import annotations

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Status, Verb
from tocsin_runtime.database import Database

from services.escalation.tests.dispatching import told
from services.escalation.tests.outage import Outage
from services.escalation.tests.simulation.running import Running
from services.escalation.tests.simulation.scenarios import (
    SEVERITIES,
    Happening,
    Scenario,
    scenarios,
)

pytestmark = pytest.mark.integration

ANSWERS = {"take": Verb.TAKE, "decline": Verb.DECLINE, "hand_over": Verb.HAND_OVER}
OPERATED = {
    "pause": Verb.PAUSE,
    "resume": Verb.RESUME,
    "escalate": Verb.ESCALATE,
    "de_escalate": Verb.DE_ESCALATE,
}
PLAYED_ON = 60
"""Minutes after the last thing that happens."""


@pytest_asyncio.fixture
async def running(database: Database) -> Running:
    running = Running(database)
    await running.knows_nordlicht()
    return running


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenario=scenarios)
async def test_the_simulation_says_what_the_service_does(
    running: Running, scenario: Scenario
) -> None:
    await running.forgets()
    running.begins(scenario.start)
    await running.knows(
        e.PolicyChanged(revision=running.revision + 1, key="critical", document=scenario.policy),
        e.TeamChanged(revision=running.revision + 1, key="team-a", document=scenario.team),
    )
    outage = Outage(running, scenario.severity)
    outage.own_policy = {"acme": "acme-itself"}
    outage.promise(first=10, word=30)
    await outage.opens(kind=Kind.INITIAL)
    await told(outage)
    minute = 0
    for happening in scenario.course:
        minute += happening.after
        await running.at(minute)
        await happens(outage, happening)
    await running.at(minute + PLAYED_ON)

    said = await running.said(outage.id)
    assert await running.would_say(outage.id, minute + PLAYED_ON) == said


async def happens(outage: Outage, one: Happening) -> None:
    before, status = outage.snapshot.sequence, outage.snapshot.status
    if one.what in ANSWERS:
        to = {"to": "eva"} if one.what == "hand_over" else {}
        await outage.is_answered(ANSWERS[one.what], one.who, **to)
    elif one.what in OPERATED:
        minutes = {"minutes": one.number * 10} if one.what == "pause" and one.number else {}
        await outage.is_operated(OPERATED[one.what], **minutes)
    elif one.what == "reopen" and status is Status.RESOLVED:
        await outage.is_reopened(next_word=20)
    elif status.is_open:
        await _goes_on(outage, one)
    if outage.snapshot.sequence > before and outage.said.data.kind is not None:
        await told(outage)


async def _goes_on(outage: Outage, one: Happening) -> None:
    match one.what:
        case "acknowledge":
            await outage.is_acknowledged()
        case "severity":
            await outage.has_severity(SEVERITIES[one.number])
        case "update":
            await outage.is_updated(next_word=15)
        case "resolve":
            await outage.is_resolved(closure=2000)
        case "audience":
            clients = [("acme",), ("acme", "beta"), ("beta",)]
            await outage.has_audience(*clients[one.number])
