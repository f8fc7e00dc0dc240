"""What one more word from a monitoring tool means for the incident behind it."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.alerts.board import Arrival, Board, Decided, KnownAlert, KnownIncident, Outcome
from incident_api.alerts.rules import decide_all
from tocsin_contracts.words import Severity, Status

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
Said = Literal["firing", "resolved", "acknowledged"]


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def numbered() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"INC-{next(numbers)}"


class Tool:
    """A monitoring tool and the incidents it has made, on one board."""

    def __init__(self) -> None:
        self.board = Board()
        self._new_id = numbered()

    def says(self, *arrivals: Arrival, now: datetime = NINE) -> list[Decided]:
        return decide_all(arrivals, self.board, now, self._new_id)

    def outcomes(self, *arrivals: Arrival, now: datetime = NINE) -> list[Outcome]:
        return [decided.outcome for decided in self.says(*arrivals, now=now)]

    def incident(self, number: int = 1) -> KnownIncident:
        return self.board.incidents[f"INC-{number}"]


def alert(
    key: str = "disk",
    status: Said = "firing",
    *,
    start: datetime | None = NINE,
    severity: Severity = Severity.SEV2,
    group: str | None = None,
    complete: bool = True,
) -> Arrival:
    return Arrival(key, status, severity, start, group, complete)


def test_the_first_firing_opens_and_the_repeat_changes_nothing() -> None:
    tool = Tool()
    assert tool.outcomes(alert()) == [Outcome.OPENED]
    assert tool.outcomes(alert()) == [Outcome.DEDUPLICATED]
    assert list(tool.board.incidents) == ["INC-1"]


def test_its_resolve_resolves_the_incident() -> None:
    tool = Tool()
    tool.says(alert())
    assert tool.outcomes(alert(status="resolved"), now=at(5)) == [Outcome.RESOLVED]
    assert tool.incident().status is Status.RESOLVED
    assert tool.incident().resolved_at == at(5)


def test_a_resolve_of_something_never_opened_does_nothing() -> None:
    tool = Tool()
    assert tool.outcomes(alert(status="resolved")) == [Outcome.IGNORED]
    assert tool.board.incidents == {}


def test_a_group_is_one_incident_and_resolves_with_its_last_alert() -> None:
    tool = Tool()
    a, b = alert("a", group="g"), alert("b", group="g")
    assert tool.outcomes(a, b) == [Outcome.OPENED, Outcome.UPDATED]
    assert tool.outcomes(alert("a", "resolved", group="g")) == [Outcome.RESOLVED]
    assert tool.incident().status is Status.INVESTIGATING
    tool.says(alert("b", "resolved", group="g"))
    assert tool.incident().status is Status.RESOLVED


def test_one_resolves_while_another_begins_in_the_same_payload() -> None:
    """The group's incident goes on: it does not end and begin anew within one message."""
    tool = Tool()
    tool.says(alert("a", group="g"))
    found = tool.says(alert("a", "resolved", group="g"), alert("b", group="g"))
    assert [d.outcome for d in found] == [Outcome.RESOLVED, Outcome.UPDATED]
    assert {d.incident_id for d in found} == {"INC-1"}
    assert tool.incident().is_open


def test_a_truncated_payload_never_closes_what_it_does_not_list() -> None:
    tool = Tool()
    tool.says(alert("a", group="g", complete=False))
    (decided,) = tool.says(alert("a", "resolved", group="g", complete=False))
    assert decided.outcome is Outcome.RESOLVED
    assert "leaves alerts of its group out" in decided.reason
    assert tool.incident().is_open


def test_the_worst_alert_of_a_group_opens_and_lesser_ones_join() -> None:
    tool = Tool()
    lesser = alert("a", severity=Severity.SEV3, group="g")
    worst = alert("b", severity=Severity.SEV1, group="g")
    assert tool.outcomes(lesser, worst) == [Outcome.UPDATED, Outcome.OPENED]
    assert tool.incident().severity is Severity.SEV1


def test_a_worse_alert_is_not_hidden_in_a_lesser_incident() -> None:
    tool = Tool()
    tool.says(alert("a", severity=Severity.SEV3, group="g"))
    assert tool.outcomes(alert("b", severity=Severity.SEV1, group="g")) == [Outcome.OPENED]
    assert tool.outcomes(alert("c", severity=Severity.SEV2, group="g")) == [Outcome.UPDATED]
    assert tool.board.alerts["c"].incident_id == "INC-2"


def test_firing_again_within_half_an_hour_reopens() -> None:
    tool = Tool()
    tool.says(alert())
    tool.says(alert(status="resolved"), now=at(10))
    assert tool.outcomes(alert(start=at(40)), now=at(40)) == [Outcome.REOPENED]
    assert tool.incident().status is Status.INVESTIGATING
    assert tool.incident().firing == 1


def test_firing_again_later_opens_a_new_incident_that_names_the_old_one() -> None:
    tool = Tool()
    tool.says(alert())
    tool.says(alert(status="resolved"), now=at(10))
    (decided,) = tool.says(alert(start=at(41)), now=at(40.1))
    assert decided.outcome is Outcome.OPENED
    assert decided.previous_incident_id == "INC-1"


def test_a_closed_incident_never_reopens() -> None:
    tool = Tool()
    tool.says(alert())
    tool.says(alert(status="resolved"), now=at(10))
    tool.incident().status = Status.CLOSED
    (decided,) = tool.says(alert(start=at(12)), now=at(12))
    assert (decided.outcome, decided.previous_incident_id) == (Outcome.OPENED, "INC-1")


def test_a_late_duplicate_of_a_resolved_firing_changes_nothing() -> None:
    tool = Tool()
    tool.says(alert())
    tool.says(alert(status="resolved"), now=at(10))
    assert tool.outcomes(alert(), now=at(11)) == [Outcome.DEDUPLICATED]
    assert tool.incident().status is Status.RESOLVED


def test_a_late_resolve_of_an_earlier_start_does_not_end_the_new_one() -> None:
    tool = Tool()
    tool.says(alert())
    tool.says(alert(start=at(20)), now=at(20))
    assert tool.outcomes(alert(status="resolved", start=NINE)) == [Outcome.IGNORED]
    assert tool.incident().is_open


def test_a_start_cut_to_the_second_still_resolves() -> None:
    tool = Tool()
    tool.says(alert(start=NINE + timedelta(milliseconds=326)))
    assert tool.outcomes(alert(status="resolved", start=NINE)) == [Outcome.RESOLVED]


def test_a_person_resolved_it_and_the_tool_repeats_itself() -> None:
    """The same start is nothing new; ingest does not undo what a person set."""
    tool = Tool()
    tool.says(alert())
    tool.incident().status, tool.incident().resolved_at = Status.RESOLVED, at(5)
    assert tool.outcomes(alert(), now=at(6)) == [Outcome.DEDUPLICATED]


@pytest.mark.parametrize("start", [NINE, None])
def test_a_false_alarm_is_not_opened_again_by_repeats(start: datetime | None) -> None:
    tool = Tool()
    tool.says(alert(start=start))
    tool.incident().status = Status.CANCELLED
    assert tool.outcomes(alert(start=start), now=at(6)) == [Outcome.DEDUPLICATED]


def test_acknowledging_in_the_tool_acknowledges_once() -> None:
    tool = Tool()
    tool.says(alert())
    assert tool.outcomes(alert(status="acknowledged")) == [Outcome.ACKNOWLEDGED]
    assert tool.outcomes(alert(status="acknowledged")) == [Outcome.DEDUPLICATED]
    assert tool.outcomes(alert("other", "acknowledged")) == [Outcome.IGNORED]


def test_a_reopened_incident_is_nobodys_again() -> None:
    tool = Tool()
    tool.says(alert(), alert("b", group="g"))
    tool.says(alert(status="acknowledged"))
    tool.says(alert(status="resolved"), now=at(1))
    tool.says(alert(start=at(2)), now=at(2))
    assert not tool.incident().acknowledged


def test_other_data_of_a_firing_alert_is_an_update() -> None:
    tool = Tool()
    tool.says(alert(severity=Severity.SEV3))
    assert tool.outcomes(alert(severity=Severity.SEV1)) == [Outcome.UPDATED]
    assert tool.incident().severity is Severity.SEV3


def test_fired_and_gone_in_one_payload_keeps_the_payloads_order() -> None:
    tool = Tool()
    assert tool.outcomes(alert(), alert(status="resolved")) == [Outcome.OPENED, Outcome.RESOLVED]
    assert tool.incident().status is Status.RESOLVED


arrivals = st.builds(
    alert,
    st.sampled_from("abcd"),
    st.sampled_from(["firing", "resolved", "acknowledged"]),
    start=st.none() | st.integers(-5, 5).map(at),
    severity=st.sampled_from(Severity),
    group=st.none() | st.sampled_from(["g", "h"]),
    complete=st.booleans(),
)
payloads = st.lists(st.lists(arrivals, max_size=6), max_size=8)


def firing_of(board: Board, incident_id: str) -> Sequence[KnownAlert]:
    return [a for a in board.alerts.values() if a.firing and a.incident_id == incident_id]


@given(payloads)
def test_an_incident_is_resolved_exactly_when_none_of_its_alerts_fires(
    said: list[list[Arrival]],
) -> None:
    tool = Tool()
    for minute, payload in enumerate(said):
        tool.says(*payload, now=at(minute))
        for incident in tool.board.incidents.values():
            assert incident.firing == len(firing_of(tool.board, incident.id))
            assert incident.is_open or incident.firing == 0
        for known in tool.board.alerts.values():
            assert known.incident_id in tool.board.incidents


@given(payloads)
def test_a_payload_repeated_at_once_opens_and_reopens_nothing(said: list[list[Arrival]]) -> None:
    """A tool that got no answer sends again; with start times nothing happens twice."""
    tool = Tool()
    for minute, payload in enumerate(said):
        started = [a for a in payload if a.starts_at is not None]
        once = [a for n, a in enumerate(started) if a.key not in {b.key for b in started[:n]}]
        tool.says(*once, now=at(minute))
        again = tool.outcomes(*once, now=at(minute))
        assert not {Outcome.OPENED, Outcome.REOPENED, Outcome.ACKNOWLEDGED} & set(again)
