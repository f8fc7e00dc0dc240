"""A team as it is written, exported and told, whoever is in it and whoever is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from incident_api.directory.document import TEAM, Entries, shown
from incident_api.directory.entries import TeamEntry
from incident_api.directory.fields import STORED
from incident_api.directory.presence import Presence
from incident_api.directory.publishing import published
from incident_api.duty.expanding import duties_following
from tocsin_contracts.staff import Absence, AccountTeam

NOW = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
PEOPLE = ("ann", "tom", "kim", "pat", "lee")
DAYS = st.sampled_from(["mon", "tue-thu", "fri", "sat-sun"])
HOURS = st.dictionaries(
    DAYS, st.sampled_from(["08:00-17:00", "22:00-06:00", "00:00-24:00"]), min_size=1
)
WEEKLY = st.sampled_from(["mon 08:00", "wed 18:30", "sun 02:30", "fri 00:00"])
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "working_hours": HOURS,
        "holidays": st.sampled_from(["DE", "DE-BE", "US-NY"]),
        "channels": st.lists(st.sampled_from(["voice", "sms", "slack"]), min_size=1, unique=True),
    },
)
ABSENCES = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.integers(-20, 20), st.sampled_from([*PEOPLE, None])),
    max_size=6,
)


@st.composite
def teams(draw: st.DrawFn) -> dict[str, TeamEntry]:
    """Two teams that share some of their people, each with a rota of its own people."""
    known = {key: {"key": key, "name": key.title(), **draw(DETAILS)} for key in PEOPLE}
    found = {}
    for key in ("a", "b"):
        own = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True))
        shifts = st.lists(
            st.fixed_dictionaries(
                {
                    "from": WEEKLY,
                    "to": WEEKLY,
                    "people": st.lists(st.sampled_from(own), min_size=1, max_size=3),
                }
            ),
            min_size=1,
            max_size=3,
        )
        team: dict[str, Any] = {"key": key, "deputy": known[own[0]]}
        team["others"] = [known[one] for one in own[1:]]
        if draw(st.booleans()):
            team["duty"] = {"starting": "2026-11-23", "shifts": draw(shifts)}
        found[key] = TeamEntry.model_validate(team)
    return found


def told(found: dict[str, TeamEntry], away: list[Any]) -> list[AccountTeam]:
    entries: Entries = {(TEAM.name, key): team for key, team in found.items()}
    absences: dict[str, tuple[Absence, ...]] = {}
    for person, day, stand_in in away:
        starts_at = NOW + timedelta(days=day)
        one = Absence(
            person=person,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=2),
            stand_in=None if stand_in == person else stand_in,
        )
        absences[person] = (*absences.get(person, ()), one)
    duties = duties_following({}, entries, {}, {}, NOW)
    documents = published(entries, {}, Presence(absences, duties)).documents
    return [one for one in documents.values() if isinstance(one, AccountTeam)]


@given(teams())
def test_a_team_reads_back_as_it_was_written(found: dict[str, TeamEntry]) -> None:
    for team in found.values():
        assert TeamEntry.model_validate(shown(team)) == team
        assert TeamEntry.model_validate(shown(team), context=STORED) == team


@given(teams(), ABSENCES)
def test_everybody_who_is_away_stands_in_or_is_on_duty_is_in_the_team_that_is_told(
    found: dict[str, TeamEntry], away: list[Any]
) -> None:
    for team in told(found, away):
        known = {member.key for member in team.everyone()}
        spans = team.duty.spans if team.duty else ()
        named = {s.person for s in spans} | {a.person for a in team.absences}
        named |= {a.stand_in for a in team.absences if a.stand_in}
        assert named <= known
        assert known >= {member.person for member in found[team.key].everyone()}


@given(teams(), ABSENCES)
def test_nobody_is_told_of_the_absence_of_whom_it_does_not_concern(
    found: dict[str, TeamEntry], away: list[Any]
) -> None:
    for team in told(found, away):
        concerned = {member.person for member in found[team.key].everyone()}
        concerned |= {one.stand_in for one in team.absences if one.stand_in}
        assert {one.person for one in team.absences} <= concerned


@given(teams())
def test_what_nobody_wrote_anew_is_not_expanded_anew(found: dict[str, TeamEntry]) -> None:
    """A duty is told again when it says something else, not because time has passed."""
    entries: Entries = {(TEAM.name, key): team for key, team in found.items()}
    duties = duties_following({}, entries, {}, {}, NOW)
    later = NOW + timedelta(days=3)
    assert duties_following(entries, entries, duties, {}, later) == duties
