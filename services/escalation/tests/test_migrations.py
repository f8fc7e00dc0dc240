"""What a migration makes of a database that is in use already."""

from __future__ import annotations

import runpy
from datetime import timedelta

import pytest
from escalation.bootstrap import MIGRATIONS
from escalation.incidents import store as incidents
from escalation.triggers.facts import SeveritySpan
from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Severity
from tocsin_runtime.clock import SystemClock

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_what_was_promised_before_goes_on_being_clocked(world: World) -> None:
    """The older release kept each client's next moment with the incident."""
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0002_promises.py"))
    world.start = SystemClock().now()
    world.clock.set(world.start)
    outage = Outage(world, Severity.SEV2)
    await outage.opens(kind=Kind.INITIAL)
    due = (world.start + timedelta(minutes=30)).isoformat()
    async with world.database.transaction() as conn:
        await conn.execute("DELETE FROM promises")
        await conn.execute(
            """UPDATE incidents SET document = document || jsonb_build_object('promises',
               jsonb_build_object('acme', $1::text))""",
            due,
        )
        await conn.execute(migration["CARRIED_OVER"])
    await outage.is_acknowledged()
    await world.at(31)

    [reminder, *_] = await world.published(e.UpdateDue)
    assert reminder.due_at.isoformat() == due
    [broken] = await world.published(e.PromiseBreached)
    assert broken.client_keys == ("acme",)


async def test_an_outage_from_before_keeps_its_severity_and_its_clients(world: World) -> None:
    """The older release kept no history of the severity, nor when a client joined."""
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0004_triggers.py"))
    outage = Outage(world, Severity.SEV2, clients=["acme", "beta"])
    await outage.opens()
    await world.at(5)
    await outage.has_severity(Severity.SEV1)
    async with world.database.transaction() as conn:
        await conn.execute(
            "UPDATE incidents SET document = document - 'severities' - 'affected_since'"
        )
        await conn.execute(migration["INCIDENTS"])
        incident = await incidents.load(conn, outage.id)

    assert incident is not None
    raised_at = world.start + timedelta(minutes=5)
    assert incident.severities == (SeveritySpan(Severity.SEV1, raised_at),)
    assert incident.affected_since == dict.fromkeys(("acme", "beta"), world.start)
