"""Outages of one client each on an escalation's database: one heard of as any is, and copies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
from escalation.bootstrap import Core, build_core
from escalation.firing.recovery import Recovery
from tocsin_contracts import events as e
from tocsin_contracts.directory import Client, CommunicationPlan, NotifyRule, SeverityEntry
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot
from tocsin_contracts.policies import EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.staff import AccountTeam, StaffMember
from tocsin_contracts.words import (
    Channel,
    DeliveryState,
    ImpactLevel,
    Kind,
    Severity,
    StaffRole,
    Status,
    Visibility,
)
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox, new_event

CLIENTS, TEAMS = 2_000, 100
OUTAGE, CLIENT, TEAM = "outage-tocopy", "client-tocopy", "team-tocopy"
NAMES = "'outage-' || lpad(n::text, 6, '0')"
IS_DUE_AFTER = timedelta(minutes=15)

# What every copy changes in a document: its own id, and one of the clients.
_RENAMED = f"""replace(replace(document::text, '{OUTAGE}', {NAMES}),
    '{CLIENT}', 'client-' || n % {CLIENTS})::jsonb"""
_COPIES = (
    f"""INSERT INTO directory_entries (kind, key, revision, document)
        SELECT 'client', 'client-' || n, revision,
               replace(replace(document::text, '{CLIENT}', 'client-' || n),
                       '{TEAM}', 'team-' || n % {TEAMS})::jsonb
        FROM directory_entries, generate_series(0, {CLIENTS} - 1) AS n WHERE kind = 'client'""",
    f"""INSERT INTO directory_entries (kind, key, revision, document)
        SELECT 'team', 'team-' || n, revision,
               replace(document::text, '{TEAM}', 'team-' || n)::jsonb
        FROM directory_entries, generate_series(0, {TEAMS} - 1) AS n WHERE kind = 'team'""",
    f"""INSERT INTO incidents (id, epoch, sequence, document)
        SELECT {NAMES}, epoch, sequence, {_RENAMED}
        FROM incidents, generate_series(0, $1 - 1) AS n""",
    f"""INSERT INTO escalations (incident_id, client_key, chain, state, document)
        SELECT {NAMES}, 'client-' || n % {CLIENTS}, chain, state, {_RENAMED}
        FROM escalations, generate_series(0, $1 - 1) AS n""",
    f"""INSERT INTO calls (incident_id, client_key, chain, round, step, occurrence, number, due_at,
                           at, outcome, people, channels)
        SELECT {NAMES}, 'client-' || n % {CLIENTS}, chain, round, step, occurrence, number, due_at,
               at, outcome, people, channels
        FROM calls, generate_series(0, $1 - 1) AS n""",
    f"""INSERT INTO promises (incident_id, client_key, promise, due_at, made_by, state, live,
                              current, drill, document)
        SELECT {NAMES}, 'client-' || n % {CLIENTS}, promise, due_at, made_by, state, live, current,
               drill, {_RENAMED}
        FROM promises, generate_series(0, $1 - 1) AS n""",
    f"""INSERT INTO evidence (delivery_id, incident_id, cause_id, client_key, kind, rules, person,
                              channel, state, reason, held, accepted_at)
        SELECT delivery_id || n, {NAMES}, cause_id, 'client-' || n % {CLIENTS}, kind, rules, person,
               channel, state, reason, held, accepted_at
        FROM evidence, generate_series(0, $1 - 1) AS n""",
    f"""INSERT INTO timers (kind, key, subject, due_at, payload)
        SELECT kind, {NAMES}, {NAMES}, now() + interval '1 hour' + n * interval '0.1 s', payload
        FROM timers, generate_series(0, $1 - 1) AS n""",
)
_TEMPLATE = (
    f"DELETE FROM directory_entries WHERE key IN ('{CLIENT}', '{TEAM}')",
    f"DELETE FROM incidents WHERE id = '{OUTAGE}'",
    *(
        f"DELETE FROM {table} WHERE incident_id = '{OUTAGE}'"
        for table in ("escalations", "calls", "promises", "evidence")
    ),
    f"DELETE FROM timers WHERE subject = '{OUTAGE}'",
)


class StandingClock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


async def one_outage(dsn: str) -> None:
    """Heard of a quarter of an hour ago: the account manager was called then, the deputy is due
    now, its client was told, and the next word is promised for later."""
    database = await Database.open(dsn, max_size=2)
    clock = StandingClock(datetime.now(UTC) - IS_DUE_AFTER)
    core = build_core(database, Outbox(database), clock, Recovery(clock, timedelta(0)))
    opened = _event(_opened(clock.now()), OUTAGE, clock.now(), sequence=1)
    await _heard(database, core, opened, clock.now())
    while await core.timers.fire_due():
        pass
    await database.close()


async def multiply(conn: asyncpg.Connection[Any], count: int) -> None:
    """``count`` copies named ``outage-000000`` and so on, due in an hour and later."""
    for statement in _COPIES:
        await conn.execute(statement, *([count] if "$1" in statement else []))
    for statement in _TEMPLATE:
        await conn.execute(statement)
    await conn.execute("VACUUM ANALYZE")


async def _heard(database: Database, core: Core, opened: Event[EventData], now: datetime) -> None:
    directory = [_event(data, "directory", now) for data in _directory()]
    told = [_event(data, OUTAGE, now) for data in _told(opened, now)]
    async with database.transaction() as conn:
        await core.directory(conn, directory)
        await core.intake(conn, [opened])
        await core.notifications(conn, told)


def _event(data: EventData, subject: str, now: datetime, sequence: int = 0) -> Event[EventData]:
    return new_event(data, source="bench", subject=subject, now=now, sequence=sequence)


def _directory() -> Sequence[EventData]:
    roles = (StaffRole.ACCOUNT_MANAGER, StaffRole.DEPUTY, StaffRole.ESCALATION_MANAGER)
    members = {role: StaffMember(key=role.value, name=f"Ann {role.value}") for role in roles}
    team = AccountTeam(key=TEAM, members=members)
    client = Client(key=CLIENT, name="ACME GmbH", timezone="Europe/Berlin", account_team=TEAM)
    entry = SeverityEntry(
        notify=(NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,)),),
        update_every_minutes=Decimal(60),
        first_notice_within_minutes=Decimal(10),
    )
    plan = CommunicationPlan(key="gold", severities=dict.fromkeys(Severity, entry))
    return [
        e.TeamChanged(revision=1, key=TEAM, document=team),
        e.ClientChanged(revision=1, key=CLIENT, document=client),
        e.PolicyChanged(revision=1, key="critical", document=_policy()),
        e.PlanChanged(revision=1, key="gold", document=plan),
        e.RevisionCompleted(revision=1),
    ]


def _policy() -> EscalationPolicy:
    """At once for sev1; the deputy at 15, 20 and 25 minutes; the rest after two hours; and whoever
    owes a word."""
    steps = (
        _step({"severity_at_least": "sev1"}, StaffRole.ACCOUNT_MANAGER),
        _step({"unacknowledged": True}, StaffRole.DEPUTY, after=15, repeat=2, every_minutes=5),
        _step({"unresolved": True}, StaffRole.ESCALATION_MANAGER, after=120),
        _step({"update_overdue_minutes": 10}, StaffRole.ACCOUNT_MANAGER),
    )
    return EscalationPolicy(key="critical", steps=steps)


def _step(trigger: dict[str, object], role: StaffRole, after: int = 0, **more: Any) -> PolicyStep:
    return PolicyStep(
        trigger=Trigger.model_validate(trigger),
        after_minutes=Decimal(after),
        notify=(role.value,),
        channels=(Channel.SMS, Channel.VOICE),
        **more,
    )


def _opened(now: datetime) -> e.IncidentOpened:
    incident = IncidentSnapshot(
        id=OUTAGE,
        ref="INC-2041",
        sequence=1,
        title="Mail is down",
        severity=Severity.SEV1,
        status=Status.INVESTIGATING,
        visibility=Visibility.PUBLISHED,
        routed=True,
        impact="You cannot send, receive or read **mail**.",
        impact_level=ImpactLevel.DOWN,
        first_steps="Our engineers are checking the failed system.",
        system_keys=("mail",),
        started_at=now,
        known_at=now,
    )
    concerned = AudienceClient(
        client_key=CLIENT,
        client_revision=1,
        plan_key="gold",
        severity_entry=Severity.SEV1,
        escalation_policy="critical",
        systems=("mail",),
        first_notice_due=now + timedelta(minutes=10),
        next_update_due=now + timedelta(minutes=60),
        because="uses Mail",
    )
    return e.IncidentOpened(
        incident=incident,
        audience_version=1,
        audience=Audience(version=1, clients=(concerned,)),
        kind=Kind.INITIAL,
        actor="key:bench",
    )


def _told(opened: Event[EventData], now: datetime) -> Sequence[EventData]:
    """Its message is planned, and accepted at once."""
    common = {"client_key": CLIENT, "person": "jo", "channel": Channel.EMAIL}
    planned = e.PlannedDelivery(
        delivery_id="mail-",
        person_name="Jo",
        state=DeliveryState.PENDING,
        because="IT lead",
        roles=("it_lead",),
        rules=(0,),
        **common,
    )
    outcome = e.Outcome(
        delivery_id="mail-",
        cause_id=opened.id,
        kind=Kind.INITIAL,
        state=DeliveryState.ACCEPTED,
        attempt=1,
        at=now,
        **common,
    )
    about = {"incident_id": OUTAGE}
    return [
        e.NotificationPlanned(
            cause_id=opened.id, kind=Kind.INITIAL, deliveries=(planned,), **about
        ),
        e.OutcomesRecorded(outcomes=(outcome,), **about),
    ]
