"""How an incident starts, and when it moves on by itself: the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.incidents.model import Incident
from incident_api.incidents.publication import Start, holding_due, start_of
from tocsin_contracts.directory import Publication, PublicationRule
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity, Status, Visibility

INTERNAL, PUBLISHED = Visibility.INTERNAL, Visibility.PUBLISHED
NOW = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
PROVIDER = Publication(
    rules=(
        PublicationRule(severities=(Severity.SEV1,), visibility=PUBLISHED),
        PublicationRule(
            sources=("alertmanager",), visibility=INTERNAL, confirm_after_minutes=Decimal(5)
        ),
        PublicationRule(severities=(Severity.SEV4, Severity.SEV5), visibility=INTERNAL),
    )
)


@pytest.mark.parametrize(
    ("severity", "source", "wished", "start"),
    [
        (Severity.SEV1, "alertmanager", None, Start(PUBLISHED)),
        (Severity.SEV2, "alertmanager", None, Start(INTERNAL, timedelta(minutes=5))),
        (Severity.SEV2, "generic", None, Start(PUBLISHED)),
        (Severity.SEV4, "api", None, Start(INTERNAL)),
        (Severity.SEV4, "api", PUBLISHED, Start(PUBLISHED)),
        (Severity.SEV1, "api", INTERNAL, Start(INTERNAL)),
        (Severity.SEV2, "alertmanager", INTERNAL, Start(INTERNAL)),
    ],
)
def test_the_first_rule_that_matches_decides_unless_the_caller_does(
    severity: Severity, source: str, wished: Visibility | None, start: Start
) -> None:
    assert start_of(PROVIDER, severity=severity, source=source, wished=wished) == start


def incident(**values: object) -> Incident:
    made = Incident(
        id="i",
        ref="INC-1",
        sequence=1,
        title="Mail EU is down",
        severity=Severity.SEV1,
        status=Status.INVESTIGATING,
        visibility=INTERNAL,
        routed=True,
        started_at=NOW,
        known_at=NOW,
    )
    return made.having(**values)


def promised(*minutes: float | None) -> list[AudienceClient]:
    return [
        AudienceClient(
            client_key=f"c{place}",
            client_revision=1,
            plan_key="gold",
            severity_entry=Severity.SEV1,
            systems=("mail-eu",),
            first_notice_due=None if after is None else NOW + timedelta(minutes=after),
            because="uses Mail EU",
        )
        for place, after in enumerate(minutes)
    ]


def test_a_holding_notice_is_due_two_minutes_before_the_earliest_promise() -> None:
    due = holding_due(incident(), promised(30, 10, None), Publication(), NOW)
    assert due == NOW + timedelta(minutes=8)


def test_a_promise_of_seconds_makes_it_due_at_once_and_never_in_the_past() -> None:
    assert holding_due(incident(), promised(0.2), Publication(), NOW) == NOW


@pytest.mark.parametrize(
    "values",
    [
        {"visibility": PUBLISHED},
        {"status": Status.RESOLVED},
        {"status": Status.CANCELLED},
        {"holding_notice_at": NOW},
        {"holding_stopped": True},
        {"parent_id": "another"},
    ],
)
def test_none_is_due_where_somebody_has_spoken_or_decided(values: dict[str, object]) -> None:
    assert holding_due(incident(**values), promised(10), Publication(), NOW) is None


def test_none_is_due_where_nobody_is_promised_a_word() -> None:
    assert holding_due(incident(), [], Publication(), NOW) is None
    assert holding_due(incident(), promised(None), Publication(), NOW) is None


@given(
    first=st.lists(st.floats(0.1, 600), min_size=1, max_size=5),
    margin=st.decimals(0, 60, places=1),
    later=st.integers(0, 3600),
)
def test_whatever_is_promised_a_holding_notice_comes_before_it_or_now(
    first: list[float], margin: Decimal, later: int
) -> None:
    now = NOW + timedelta(seconds=later)
    provider = Publication(holding_margin_minutes=margin)
    due = holding_due(incident(), promised(*first), provider, now)
    assert due is not None
    assert due >= now
    assert due <= max(now, NOW + timedelta(minutes=min(first)))
