"""Policies, people and courses of events to draw from, for the service and its simulation alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from tocsin_contracts.policies import EscalationPolicy, Hours, PolicyStep, Trigger
from tocsin_contracts.policies import UnreachableContact as Unreachable
from tocsin_contracts.staff import Absence, AccountTeam, Duty, DutySpan, StaffMember
from tocsin_contracts.words import Channel, Severity, StaffRole

STARTS = {
    "Europe/Berlin": datetime(2026, 10, 25, 0, 10, tzinfo=UTC),
    "America/New_York": datetime(2027, 3, 14, 6, 20, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2027, 4, 3, 14, 5, tzinfo=UTC),
}
"""Shortly before the clocks change there."""

PEOPLE = ("ann", "tom", "eva", "dan", "kim")
ROLES = ("account_manager", "deputy", "escalation_manager", "director", "on_duty")
SEVERITIES = tuple(Severity)[:3]

leaves = st.one_of(
    st.builds(Trigger, severity_at_least=st.sampled_from(SEVERITIES)),
    st.sampled_from(
        [
            Trigger(unacknowledged=True),
            Trigger(unresolved=True),
            Trigger(severity_raised=True),
            Trigger(reopened=True),
            Trigger(sla_breached=True),
            Trigger(client_affected="beta"),
            Trigger(clients_affected_at_least=2),
            Trigger(contact_unreachable=Unreachable(roles=("it_lead",))),
        ]
    ),
    st.builds(Trigger, update_overdue_minutes=st.sampled_from([Decimal(0), Decimal(5)])),
    st.builds(Trigger, sla_at_risk=st.sampled_from([Decimal("0.5"), Decimal("0.8")])),
)
pairs = st.lists(leaves, min_size=2, max_size=3).map(tuple)
triggers = st.one_of(leaves, leaves, st.builds(Trigger, all=pairs), st.builds(Trigger, any=pairs))


def openings(zone: str) -> st.SearchStrategy[Hours]:
    span = st.sampled_from([("00:00", "02:30"), ("01:45", "12:00"), ("20:00", "02:00")])
    return st.builds(
        Hours, timezone=st.just(zone), days=span.map(lambda s: dict.fromkeys(("sat", "sun"), s))
    )


def steps(zone: str) -> st.SearchStrategy[PolicyStep]:
    minutes = st.sampled_from([Decimal(m) for m in (0, 5, 12, 30)])
    return st.builds(
        PolicyStep,
        trigger=triggers,
        after_minutes=minutes,
        notify=st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(tuple),
        channels=st.lists(
            st.sampled_from([Channel.EMAIL, Channel.SMS, Channel.VOICE]), max_size=3, unique=True
        ).map(tuple),
        in_turn=st.booleans(),
        repeat=st.integers(0, 2),
        every_minutes=st.sampled_from([Decimal(4), Decimal(10)]),
        severities=st.sampled_from([(), (), SEVERITIES[:2]]),
        clients=st.sampled_from([(), (), ("acme",)]),
        hours=st.none() | st.none() | openings(zone),
        outside_hours=st.sampled_from(["skip", "wait"]),
        at_any_hour=st.booleans(),
    )


def policies(zone: str) -> st.SearchStrategy[EscalationPolicy]:
    several = st.lists(steps(zone), min_size=1, max_size=4).map(tuple)
    return st.builds(EscalationPolicy, key=st.just("critical"), steps=several)


@st.composite
def teams(draw: st.DrawFn, zone: str) -> AccountTeam:
    start = STARTS[zone]

    def span() -> dict[str, datetime]:
        begins = start + timedelta(minutes=draw(st.integers(-60, 90)))
        return {
            "starts_at": begins,
            "ends_at": begins + timedelta(minutes=draw(st.integers(5, 90))),
        }

    people = [
        StaffMember(
            key=key,
            name=f"{key.title()} Roth",
            working_hours=draw(st.none() | openings(zone)),
            channels=draw(st.sampled_from([(), (Channel.VOICE, Channel.EMAIL)])),
        )
        for key in PEOPLE
    ]
    away = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.none() | st.sampled_from(PEOPLE))))
    on_duty = draw(st.lists(st.sampled_from(PEOPLE), max_size=3))
    return AccountTeam(
        key="team-a",
        members=dict(zip(StaffRole, people, strict=False)),
        others=(people[-1],),
        absences=tuple(Absence(person=p, stand_in=s, **span()) for p, s in away[:3]),
        duty=Duty(
            spans=tuple(DutySpan(person=p, **span()) for p in on_duty),
            known_until=start + timedelta(days=30),
        ),
    )


@dataclass(frozen=True)
class Happening:
    """``what`` happens ``after`` minutes; ``who`` and ``number`` are for those that need one."""

    after: int
    what: str
    who: str
    number: int


WHAT = (
    *("acknowledge", "severity", "update", "resolve", "reopen", "audience"),
    *("take", "decline", "hand_over", "pause", "resume", "escalate", "de_escalate"),
)

happenings = st.builds(
    Happening,
    after=st.integers(0, 25),
    what=st.sampled_from(WHAT),
    who=st.sampled_from(PEOPLE),
    number=st.integers(0, 2),
)


@dataclass(frozen=True)
class Scenario:
    zone: str
    policy: EscalationPolicy
    team: AccountTeam
    severity: Severity
    course: tuple[Happening, ...]

    @property
    def start(self) -> datetime:
        return STARTS[self.zone]


def _scenario(zone: str) -> st.SearchStrategy[Scenario]:
    return st.builds(
        Scenario,
        zone=st.just(zone),
        policy=policies(zone),
        team=teams(zone),
        severity=st.sampled_from(SEVERITIES),
        course=st.lists(happenings, max_size=8).map(tuple),
    )


scenarios = st.sampled_from(sorted(STARTS)).flatmap(_scenario)
