"""Outages that can wait: what the stories of the gate have in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.directory import (
    CommunicationPlan,
    Fallback,
    NotifyRule,
    QuietHours,
    SeverityEntry,
)
from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.words import Channel, Kind, Severity, Status

from services.dispatcher.tests.facts import (
    acme,
    addresses,
    audience,
    concerned,
    entry,
    mail_eu,
    opened,
    provider,
    team,
)
from services.dispatcher.tests.world import PlayedChannel, World

NIGHT = QuietHours(start="22:00", end="07:00")
FRIDAY_LATE = datetime(2026, 11, 27, 22, 40, tzinfo=UTC)
"""23:40 in Berlin."""
SATURDAY_SEVEN = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
IT_LEAD = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,))
SMS_AFTER_FIVE = Fallback(channel=Channel.SMS, after_minutes=Decimal(5))


def gold_with(
    *rules: NotifyRule, entries: SeverityEntry | None = None, **given: Any
) -> e.PlanChanged:
    """The plan ``gold`` with one entry for every severity."""
    same = entries or entry(*(rules or (IT_LEAD,)))
    plan = CommunicationPlan(key="gold", severities=dict.fromkeys(Severity, same), **given)
    return e.PlanChanged(revision=0, key="gold", document=plan)


async def knows(world: World, plan: e.PlanChanged, *others: Any, people: Any = ()) -> None:
    """ACME with ``plan``; ``others`` and ``people`` take the place of the usual ones."""
    documents = [provider(), mail_eu(), plan, team(), acme(), *others]
    await world.knows(*documents, people=[*addresses(), *people])


def with_sms(world: World) -> PlayedChannel:
    """SMS is set up as well."""
    world.channels[Channel.SMS] = PlayedChannel(Channel.SMS)
    world.core = world.another_process()
    return world.channels[Channel.SMS]


def promising(world: World, minutes: float = 60, **given: Any) -> Audience:
    """A first notice within ``minutes`` from now, the next word after four hours."""
    now = world.clock.now()
    values: dict[str, Any] = {
        "severity_entry": Severity.SEV3,
        "first_notice_due": now + timedelta(minutes=minutes),
        "next_update_due": now + timedelta(hours=4),
    }
    return audience(concerned(**{**values, **given}))


def minor(world: World, number: int = 2041, **given: Any) -> IncidentSnapshot:
    """A moderate incident by its number, as it stands now."""
    values: dict[str, Any] = {
        "id": f"incident-{number}",
        "ref": f"INC-{number}",
        "severity": Severity.SEV3,
        "title": f"Outage {number}",
        "started_at": world.clock.now(),
        "known_at": world.clock.now(),
    }
    return world.snapshot(**{**values, **given})


async def opens(world: World, number: int = 2041, minutes: float = 60, **given: Any) -> None:
    """A moderate incident opens, and what is due is sent."""
    incident = minor(world, number, **given)
    await world.hears(opened(incident, audience=promising(world, minutes)))
    await world.deliver()


async def raised(world: World, severity: Severity, number: int = 2041, **given: Any) -> None:
    values: dict[str, Any] = {
        "incident": minor(world, number, severity=severity),
        "audience_version": 1,
        "actor": "key:noc",
        "kind": Kind.UPDATE,
        "changed": ("severity",),
        "before": e.Before(severity=Severity.SEV3),
    }
    await world.hears(e.IncidentChanged(**{**values, **given}))
    await world.deliver()


async def until(world: World, moment: datetime) -> None:
    """The clock moves on, and what is due is sent."""
    world.clock.set(moment)
    await world.deliver()


def resolved_at(world: World, number: int = 2041) -> IncidentSnapshot:
    return minor(world, number, status=Status.RESOLVED, resolved_at=world.clock.now())


def kinds(world: World) -> list[Kind]:
    """What the mailboxes got, in order."""
    return [sent.kind for sent in world.mails]


async def later(world: World, **amount: float) -> None:
    await until(world, world.clock.now() + timedelta(**amount))
