"""Why somebody could not be called: escalation says it in English, dispatcher in each language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from dispatcher.rendering.facts import ProviderFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading, reading_for
from dispatcher.rendering.unavailable_words import in_words
from escalation.people import clauses
from tocsin_contracts.policies import Hours
from tocsin_contracts.staff import Absence, AccountTeam, Duty, StaffMember
from tocsin_contracts.words import Kind, StaffRole

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
DAY = timedelta(days=1)
HOURS = Hours(timezone="Europe/Berlin", days={})
ANN = StaffMember(key="ann", name="Ann Weiss", working_hours=HOURS)
DUTY = Duty(spans=(), known_until=NOW + 9 * DAY, stale_since=NOW - DAY)
TEAM = AccountTeam(key="team-a", members={StaffRole.ACCOUNT_MANAGER: ANN}, duty=DUTY)


def read_in(language: str) -> Reading:
    provider = ProviderFacts(name="Nordlicht IT", timezone="Europe/Berlin")
    made = Notice(id="n-1", kind=Kind.STAFF_NOTE, at=NOW, provider=provider, fact="A fact.")
    return reading_for(made, language, None)


def away_until(year: int, month: int, day: int, hour: int) -> str:
    ends_at = datetime(year, month, day, hour, tzinfo=UTC)
    return clauses.away(ANN, Absence(person="ann", starts_at=NOW, ends_at=ends_at), TEAM, NOW)


SAID = [
    away_until(2026, 11, 30, 23),
    away_until(2026, 11, 24, 13),
    away_until(2026, 12, 1, 13),
    away_until(2027, 12, 1, 13),
    clauses.holiday(ANN, datetime(2026, 10, 3, tzinfo=UTC).date()),
    clauses.outside_hours(ANN),
    clauses.nobody_on_duty(TEAM, NOW),
    clauses.nobody_on_duty(TEAM, NOW + 10 * DAY),
    clauses.no_such("escalation_manager"),
    clauses.no_team("ACME"),
    clauses.no_contact("ACME", "cio"),
    clauses.joined([away_until(2026, 12, 1, 13), clauses.NO_STAND_IN]),
    clauses.joined(
        [clauses.outside_hours(ANN), clauses.holiday(ANN, NOW.date()), "nobody stands in"]
    ),
]
"""Whatever escalation's clauses can say."""


@pytest.mark.parametrize("clause", SAID)
@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_no_clause_stays_english(language: str, clause: str) -> None:
    said = in_words(clause, read_in(language))

    assert said != clause
    for word in (" is ", "nobody", "until", "working hours", "the "):
        assert word not in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Ann Weiss is away until 14:00 on 1 December, nobody stands in"),
        ("de", "Ann Weiss ist abwesend bis 1. Dezember, 14:00 Uhr, niemand vertritt"),
        ("fr", "Ann Weiss : absence (fin : 1er décembre, 14:00), personne ne remplace"),
        ("es", "ausencia de Ann Weiss hasta: 1 de diciembre, 14:00, nadie sustituye"),
    ],
)
def test_a_clause_in_each_language(language: str, words: str) -> None:
    clause = clauses.joined([away_until(2026, 12, 1, 13), clauses.NO_STAND_IN])

    assert in_words(clause, read_in(language)).replace("\u00a0", " ") == words


def test_what_is_no_known_clause_is_quoted() -> None:
    assert in_words("the moon is full", read_in("de")) == "the moon is full"
