"""A step within its limits: for some clients, at some severities, at some hours."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from escalation.triggers.facts import Facts, SeveritySpan
from escalation.triggers.limits import deserved, hours_in_words, outside, within_hours
from tocsin_contracts.policies import Hours, PolicyStep, Trigger
from tocsin_contracts.words import Channel, Severity

from services.escalation.tests.triggers.standing import START, Client, at, facts

SEV1, SEV2, SEV3 = Severity.SEV1, Severity.SEV2, Severity.SEV3
DAY = Hours(timezone="Europe/Berlin", days={"mon": ("08:00", "18:00"), "tue": ("08:00", "18:00")})
NIGHT = Hours(timezone="Europe/Berlin", days={"sat": ("22:00", "06:00"), "sun": ("01:00", "03:30")})


def step(**given: object) -> PolicyStep:
    return PolicyStep.model_validate(
        {
            "trigger": Trigger(unresolved=True),
            "after_minutes": Decimal(0),
            "notify": ("deputy",),
            "channels": (Channel.EMAIL,),
            **given,
        }
    )


def since(rule: PolicyStep, known: Facts, client: Client = Client()) -> list[float]:
    found = deserved(rule, client, known)
    return [(one.since - START).total_seconds() / 60 for one in found]


@pytest.mark.parametrize(
    ("limits", "counts"),
    [
        ({}, True),
        ({"clients": ("acme", "beta")}, True),
        ({"clients": ("beta",)}, False),
        ({"client_tags": ("vip",)}, True),
        ({"client_tags": ("school",)}, False),
        ({"clients": ("beta",), "client_tags": ("vip",)}, True),
    ],
)
def test_a_step_for_some_clients_is_not_there_for_others(
    limits: dict[str, object], counts: bool
) -> None:
    known = facts(tags={"acme": frozenset({"vip"})})

    assert bool(since(step(**limits), known)) is counts


def test_a_step_of_some_severities_counts_while_one_of_them_holds() -> None:
    rule = step(severities=(SEV1, SEV2))
    course = [(SEV3, 0), (SEV2, 4), (SEV1, 6), (SEV3, 9), (SEV1, 12)]
    spans = [SeveritySpan(severity, at(minute)) for severity, minute in course]

    counted = [
        since(rule, facts(spans[n - 1].severity, severities=tuple(spans[:n])))
        for n in range(1, len(spans) + 1)
    ]
    assert counted == [[], [4], [4], [], [12]]


def test_what_waits_for_its_hours_is_due_at_the_next_opening() -> None:
    waits = step(hours=DAY, outside_hours="wait")
    sunday_night = datetime(2026, 11, 22, 1, tzinfo=UTC)

    assert within_hours(waits, sunday_night) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert within_hours(waits, START) == START
    assert within_hours(step(hours=DAY), sunday_night) == sunday_night, "left out, not moved"


@pytest.mark.parametrize(
    ("moment", "is_outside"),
    [
        (datetime(2026, 11, 21, 20, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 21, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 4, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 5, 0, tzinfo=UTC), True),
        # Clocks go forward: from two to three there is no 02:30, and half past three is 01:30 UTC.
        (datetime(2027, 3, 28, 1, 29, tzinfo=UTC), False),
        # Clocks go back: both times that 02:30 shows, it is inside.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), False),
    ],
)
def test_hours_over_midnight_and_on_days_when_clocks_change(
    moment: datetime, is_outside: bool
) -> None:
    assert outside(step(hours=NIGHT), moment) is is_outside


def test_the_hours_are_said_as_the_day_has_them() -> None:
    assert hours_in_words(DAY, START) == "08:00–18:00 Europe/Berlin"
    sunday = datetime(2026, 11, 22, 1, tzinfo=UTC)
    assert hours_in_words(DAY, sunday) == "none on Sundays, Europe/Berlin"
