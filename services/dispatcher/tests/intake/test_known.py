"""An incident as it is known here, whatever order its events come in."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from dispatcher.intake.known import Known, advance
from dispatcher.planning.scope import concerned
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import IncidentUpdate
from tocsin_contracts.words import Kind, Status
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests import facts as w

statuses = st.sampled_from(Status)


def event(data: e.IncidentEvent, epoch: int = 1) -> Event[e.IncidentEvent]:
    made = new_event(
        data,
        source="test",
        subject=w.INCIDENT,
        now=w.START,
        sequence=data.incident.sequence,
        epoch=epoch,
    )
    return cast(Event[e.IncidentEvent], made)


def at(sequence: int, status: Status = Status.INVESTIGATING) -> e.IncidentUpdated:
    return w.updated(w.snapshot(sequence=sequence, status=status))


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(1, 9)), min_size=1))
def test_the_newest_position_wins_whatever_the_order(positions: list[tuple[int, int]]) -> None:
    known = None
    for epoch, sequence in positions:
        known = advance(known, event(at(sequence), epoch))
    assert known is not None
    assert known.position == max(positions)
    assert known.snapshot.sequence == max(positions)[1]


@given(st.lists(statuses, min_size=1, max_size=8))
def test_the_last_time_it_was_settled_is_remembered(past: list[Status]) -> None:
    known = None
    for number, status in enumerate(past, start=1):
        known = advance(known, event(at(number, status)))
    assert known is not None
    settled = [number for number, status in enumerate(past, start=1) if not status.is_open]
    assert known.settled_sequence == max(settled, default=0)


def test_numbers_of_a_restored_database_are_not_taken_for_old_ones() -> None:
    known = advance(None, event(at(40, Status.RESOLVED), epoch=1))
    restored = advance(known, event(at(7), epoch=2))
    assert restored.position == (2, 7)
    assert restored.settled_sequence == 0


def test_an_update_moves_the_promise_of_those_it_was_for() -> None:
    known = advance(None, event(w.opened(w.snapshot())))
    later = w.START + timedelta(hours=1)
    moved = w.updated(w.snapshot(sequence=2), next_update_due={"acme": later})
    client = advance(known, event(moved)).client("acme")
    assert client is not None
    assert client.next_update_due == later


def test_an_acknowledgement_is_known_from_its_own_event_or_from_any_later_one() -> None:
    known: Known = advance(None, event(w.opened(w.snapshot())))
    later = w.updated(w.snapshot(sequence=6, acknowledged_at=w.START))
    assert advance(known, event(later)).acknowledged_sequence == 6


def update(**given_: object) -> e.IncidentUpdated:
    body = {"id": "u", "message": "New.", "occurred_at": w.START, **given_}
    return w.updated(w.snapshot(), update=IncidentUpdate.model_validate(body))


BOTH = w.audience(w.concerned(), w.concerned(client_key="beta"))


def keys(data: e.IncidentEvent) -> list[str]:
    return [client.client_key for client in concerned(data, BOTH)]


def test_an_update_reaches_those_it_is_for_and_nobody_else() -> None:
    assert keys(update()) == ["acme", "beta"]
    assert keys(update(client_keys=("beta", "stranger"))) == ["beta"]
    assert keys(update(internal_only=True)) == []
    assert keys(w.updated(w.snapshot(), kind=None)) == []
    assert keys(w.updated(w.snapshot(), only_clients=("acme",))) == ["acme"]


def test_a_changed_audience_tells_only_those_added() -> None:
    data = e.AudienceChanged(
        incident=w.snapshot(),
        audience_version=2,
        actor="key:noc",
        kind=Kind.INITIAL,
        audience=BOTH,
        added=("beta",),
    )
    assert keys(data) == ["beta"]
