"""What a simulation answers: the same as would happen, and nothing happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from escalation.simulation.playing import play
from escalation.simulation.problems import Unreadable
from tocsin_contracts.policies import Hours
from tocsin_contracts.simulation import LAST_CALLED
from tocsin_contracts.staff import Absence, AccountTeam
from tocsin_contracts.words import Channel, Kind, Severity, Verb

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import ANN, CRITICAL, TOM, UNACKNOWLEDGED, step, team
from services.escalation.tests.simulation.paper import Paper


@pytest_asyncio.fixture
async def paper() -> Paper:
    """Nordlicht IT on paper."""
    paper = Paper()
    await paper.knows_nordlicht()
    return paper


async def test_nobody_acknowledges_and_the_whole_list_is_called(paper: Paper) -> None:
    await Outage(paper).opens()

    assert paper.lines(200) == [
        (0, "called", "Ann Weiss"),
        (15, "called", "Tom Klein"),
        (20, "called", "Tom Klein"),
        (25, "called", "Tom Klein"),
        (120, "called", "Eva Lang"),
        (120, "called", "Dan Roth"),
        (
            130,
            "exhausted",
            "Nobody took it: Ann Weiss, Tom Klein, Eva Lang and Dan Roth did not answer.",
        ),
    ]


async def test_a_line_says_who_is_called_how_and_why(paper: Paper) -> None:
    await Outage(paper, clients=("acme", "beta")).opens()

    first, deputy, *_ = paper.played(16).timeline
    assert first.because == "critical, and nobody speaks for us with ACME and Beta AG yet"
    assert (deputy.policy, deputy.step, deputy.call) == ("critical", 1, 0)
    assert (deputy.trigger, deputy.role) == ("unacknowledged", "deputy")
    assert (deputy.person, deputy.channels) == ("tom", (Channel.VOICE,))
    assert deputy.client_keys == ("acme", "beta")


async def test_acknowledged_at_18_the_deputy_is_called_once(paper: Paper) -> None:
    outage = Outage(paper)
    await outage.opens()
    await paper.at(18)
    await outage.is_acknowledged()

    called = [line for line in paper.lines(60) if line[1] == "called"]
    assert called == [(0, "called", "Ann Weiss"), (15, "called", "Tom Klein")]


async def test_taken_by_whoever_was_called_last_nobody_else_is(paper: Paper) -> None:
    outage = Outage(paper)
    await outage.opens()
    await paper.at(17)
    await outage.is_answered(Verb.TAKE, LAST_CALLED)

    assert paper.lines(40) == [(0, "called", "Ann Weiss"), (15, "called", "Tom Klein")]


async def test_taken_before_anybody_was_called_is_not_taken(paper: Paper) -> None:
    outage = Outage(paper, Severity.SEV2)
    await outage.opens()
    await paper.at(5)
    await outage.is_answered(Verb.TAKE, LAST_CALLED)

    assert paper.lines(16) == [(15, "called", "Tom Klein")]


async def test_a_take_without_a_word_to_the_client_expires_and_goes_on(paper: Paper) -> None:
    outage = Outage(paper, Severity.SEV2)
    await outage.opens()
    await paper.at(16)
    await outage.is_answered(Verb.TAKE, LAST_CALLED)

    assert paper.lines(47) == [
        (15, "called", "Tom Klein"),
        (46, "called", "Tom Klein"),
        (46, "called", "Eva Lang"),
        (46, "called", "Dan Roth"),
    ]


async def test_updates_keep_their_promise_and_one_that_is_late_is_called_for(paper: Paper) -> None:
    outage = Outage(paper, Severity.SEV2)
    outage.promise(word=30)
    await outage.opens(kind=Kind.INITIAL)
    await outage.is_acknowledged()
    await paper.at(29)
    await outage.is_updated(next_word=30)

    assert paper.lines(70) == [
        (0, "cancelled", "It is acknowledged."),
        (69, "called", "Ann Weiss"),
    ]


async def test_resolved_nobody_is_called_any_more(paper: Paper) -> None:
    outage = Outage(paper)
    await outage.opens()
    await paper.at(10)
    await outage.is_resolved()

    assert [line for line in paper.lines(300) if line[1] == "called"] == [
        (0, "called", "Ann Weiss")
    ]


async def test_what_comes_after_the_end_of_the_play_is_not_played(paper: Paper) -> None:
    outage = Outage(paper, Severity.SEV2)
    await outage.opens()
    await paper.at(10)
    await outage.has_severity(Severity.SEV1)

    assert paper.lines(9) == []
    assert paper.lines(10) == [(10, "called", "Ann Weiss")]


async def test_sunday_at_two_in_berlin_the_account_manager_is_away_and_asleep() -> None:
    """ui.md's question: Sunday 02:00 Berlin, sev1, nobody acknowledges."""
    paper = Paper(datetime(2026, 11, 29, 1, tzinfo=UTC))
    office = Hours(timezone="Europe/Berlin", days={"mon": ("08:00", "18:00")})
    asleep = ANN.model_copy(update={"working_hours": office})
    people: AccountTeam = team(account_manager=asleep, deputy=TOM).model_copy(
        update={"absences": (_away("tom", paper.start),)}
    )
    await paper.knows_nordlicht()
    await paper.knows(paper.team_changed().model_copy(update={"document": people}))
    await Outage(paper).opens()

    assert paper.lines(15)[:2] == [
        (0, "skipped", "It is outside Ann Weiss's working hours, and nobody is on duty."),
        (0, "skipped", "Tom Klein is away until 14:00, and nobody stands in."),
    ]


async def test_what_takes_too_long_to_play_is_refused(paper: Paper) -> None:
    await Outage(paper).opens()
    patience = iter([True, True, False])
    cast = replace(paper.cast, has_time=lambda: next(patience))

    with pytest.raises(Unreadable, match="ask for a shorter time"):
        play(paper.events, paper.start + timedelta(hours=3), cast)


async def test_playing_changes_nothing_of_what_is_played(paper: Paper) -> None:
    outage = Outage(paper)
    await outage.opens()
    await paper.at(17)
    await outage.is_answered(Verb.TAKE, LAST_CALLED)

    assert paper.played(300) == paper.played(300)


async def test_unsaved_policies_are_played_in_place_of_the_saved_ones(paper: Paper) -> None:
    await Outage(paper, Severity.SEV2).opens()
    sooner = step(UNACKNOWLEDGED, "deputy", after=3, channels=["voice"])

    policy = CRITICAL.model_copy(update={"steps": (sooner,)})
    assert paper.lines(12, policy) == [(3, "called", "Tom Klein")]


def _away(person: str, since: datetime) -> Absence:
    return Absence(person=person, starts_at=since, ends_at=since + timedelta(hours=12))
