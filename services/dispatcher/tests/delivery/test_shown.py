"""What stands on top of a thread, and where a name stands in place of buttons."""

from __future__ import annotations

from dispatcher.delivery.shown import Edit, Posted, edits
from tocsin_contracts.words import Kind


def post(number: int, kind: Kind, *, taken: str | None = None, read: str | None = None) -> Posted:
    return Posted(f"d-{number}", f"C1/{number}", kind, taken, read)


FIRST = post(1, Kind.INITIAL)
SECOND = post(2, Kind.UPDATE)


def test_one_message_alone_shows_itself() -> None:
    assert edits([FIRST], "C1/1") == []


def test_the_first_message_shows_the_latest() -> None:
    assert edits([FIRST, SECOND], "C1/1") == [Edit("C1/1", SECOND)]


def test_what_says_nothing_of_the_state_is_not_shown_on_top() -> None:
    asked = post(3, Kind.FEEDBACK_REQUEST)
    answered = post(4, Kind.ANSWERED)

    assert edits([FIRST, SECOND, asked, answered], "C1/1") == [Edit("C1/1", SECOND)]


def test_a_confirmation_shows_where_it_was_given_and_on_top() -> None:
    read = post(2, Kind.UPDATE, read="Jo Frei")

    assert edits([FIRST, read], "C1/1") == [Edit("C1/1", read), Edit("C1/2", read)]


def test_a_newer_message_asks_anew() -> None:
    read = post(1, Kind.INITIAL, read="Jo Frei")

    assert edits([read, SECOND], "C1/1") == [Edit("C1/1", SECOND)]


def test_a_call_to_staff_stays_what_it_asked_with_the_name_of_whoever_has_it() -> None:
    call = post(1, Kind.ESCALATION, taken="Ann Weiss")
    note = post(2, Kind.ESCALATION_TAKEN)

    assert edits([call, note], "C1/1") == [Edit("C1/1", call)]


def test_an_approval_request_that_came_first_stays_as_it_is() -> None:
    assert edits([post(1, Kind.APPROVAL_REQUEST), SECOND], "C1/1") == []


def test_a_thread_whose_beginning_is_not_kept_is_left_alone() -> None:
    assert edits([SECOND], "C1/1") == []
    assert edits([], None) == []
