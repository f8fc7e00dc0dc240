"""What may be done to an incident, in which state, and what the caller hears where it may not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.incidents.kinds import kind_of_change
from incident_api.incidents.rules import (
    TRANSITIONS,
    Command,
    Move,
    Nothing,
    Wrong,
    decide,
    status_wish,
)
from tocsin_contracts.words import OPEN_STATUSES, Kind, Status

OPEN = sorted(OPEN_STATUSES)
TWO = datetime(2026, 11, 24, 14, tzinfo=UTC)


def test_every_command_has_an_answer_in_every_status() -> None:
    assert set(TRANSITIONS) == set(Status)
    for status in Status:
        assert set(TRANSITIONS[status]) == set(Command)


@pytest.mark.parametrize("status", OPEN)
def test_an_open_incident_can_be_resolved_or_cancelled_from_any_status(status: Status) -> None:
    assert decide(Command.RESOLVE, status) == Move(to=Status.RESOLVED)
    assert decide(Command.CANCEL, status) == Move(to=Status.CANCELLED)


def test_a_resolved_one_reopens_or_closes() -> None:
    assert decide(Command.REOPEN, Status.RESOLVED) == Move(to=Status.INVESTIGATING)
    assert decide(Command.CLOSE, Status.RESOLVED) == Move(to=Status.CLOSED)


def test_repeating_what_is_so_already_is_no_error() -> None:
    assert isinstance(decide(Command.RESOLVE, Status.RESOLVED), Nothing)
    assert isinstance(decide(Command.CANCEL, Status.CANCELLED), Nothing)
    for status in Status:
        assert isinstance(decide(Command.ACKNOWLEDGE, status, acknowledged=True), Nothing)
        assert isinstance(decide(Command.PUBLISH, status, published=True), Nothing)


def test_closing_before_resolving_names_the_call_that_comes_first() -> None:
    refused = decide(Command.CLOSE, Status.IDENTIFIED)
    assert isinstance(refused, Wrong)
    assert "POST /v1/incidents/{id}/resolve" in refused.reason


@pytest.mark.parametrize("command", set(Command) - {Command.NOTE, Command.CORRECT})
def test_a_closed_incident_never_changes(command: Command) -> None:
    assert isinstance(decide(command, Status.CLOSED), Wrong)


@pytest.mark.parametrize("status", Status)
def test_a_note_for_the_noc_is_always_taken(status: Status) -> None:
    assert isinstance(decide(Command.NOTE, status), Move)


@pytest.mark.parametrize("status", Status)
def test_what_was_told_wrongly_can_always_be_corrected(status: Status) -> None:
    assert isinstance(decide(Command.CORRECT, status), Move)


@given(st.sampled_from(Status), st.sampled_from(Command))
def test_every_refusal_names_the_call_that_is_right(status: Status, command: Command) -> None:
    decision = decide(command, status)
    if isinstance(decision, Wrong):
        assert "POST /v1/incidents" in decision.reason


@given(st.lists(st.sampled_from(Command), max_size=30))
def test_whatever_is_called_an_incident_is_closed_only_after_it_was_resolved(
    commands: list[Command],
) -> None:
    status, seen = Status.INVESTIGATING, [Status.INVESTIGATING]
    for command in commands:
        decision = decide(command, status)
        if isinstance(decision, Move) and decision.to is not None:
            status = decision.to
            seen.append(status)
    if Status.CLOSED in seen:
        assert seen[seen.index(Status.CLOSED) - 1] is Status.RESOLVED
        assert seen[-1] is Status.CLOSED
    if Status.CANCELLED in seen:
        assert seen[-1] is Status.CANCELLED


@pytest.mark.parametrize("status", OPEN)
def test_the_first_three_statuses_are_moved_between_by_updates(status: Status) -> None:
    assert status_wish(status) is None


def test_the_last_three_have_calls_of_their_own() -> None:
    assert status_wish("resolved") == "POST /v1/incidents/{id}/resolve"
    assert status_wish("closed") == "POST /v1/incidents/{id}/close"
    assert status_wish("cancelled") == "POST /v1/incidents/{id}/cancel"


def test_the_message_is_named_after_the_one_thing_that_changed() -> None:
    from_two = kind_of_change({"eta"}, eta_before=TWO)
    assert from_two is Kind.ETA_CHANGE
    assert kind_of_change({"workaround"}) is Kind.WORKAROUND
    assert kind_of_change({"eta", "status"}, eta_before=TWO) is Kind.UPDATE
    assert kind_of_change(set()) is Kind.UPDATE


def test_the_first_eta_is_an_update() -> None:
    assert kind_of_change({"eta"}) is Kind.UPDATE
