"""One subject a thread: frozen, short, without anything that changes, the reference never cut."""

from __future__ import annotations

from typing import Any

import pytest
from dispatcher.channels.message import Thread
from dispatcher.rendering.subject import REPLIES
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import Channel, Kind, Severity, Status

from services.dispatcher.tests.rendering.cast import notice
from services.dispatcher.tests.rendering.forms import preheader_of, rendered
from services.dispatcher.tests.rendering.story import CLIENTS, EVERY_KIND
from services.dispatcher.tests.rendering.story_clients import initial, resolved, updated
from services.dispatcher.tests.rendering.story_staff import exhausted

OF_INCIDENTS = [
    kind
    for kind in CLIENTS
    if EVERY_KIND[kind]().incident and EVERY_KIND[kind]().kind not in REPLIES
]
STATE_WORDS = {
    "initial": "NEW",
    "holding_notice": "CHECKING",
    "update": "UPDATE",
    "no_news": "NO CHANGE",
    "eta_change": "NEW TIME",
    "workaround": "WORKAROUND",
    "correction": "CORRECTION",
    "mistaken": "CORRECTION",
    "resolved": "RESOLVED",
    "all_well": "RESOLVED",
    "cancelled": "RESOLVED",
    "closure": "CLOSED",
    "meeting_moved": "NEW DATE",
    "meeting_off": "CANCELLED",
    "review": "REVIEW",
    "reopened": "REOPENED",
    "digest": "3 OPEN, 1 RESOLVED",
    "feedback_request": "YOUR VIEW",
    "maintenance_announced": "PLANNED",
    "maintenance_reminder": "REMINDER",
    "maintenance_rescheduled": "NEW DATE",
    "maintenance_cancelled": "CANCELLED",
    "maintenance_started": "STARTED",
    "maintenance_ended": "DONE",
    "maintenance_undone": "CANCELLED",
    "maintenance_overrunning": "OVERRUNNING",
}


def subject(**fields: Any) -> str:
    return rendered(notice(**fields)).subject


@pytest.mark.parametrize("kind", OF_INCIDENTS)
def test_all_messages_of_one_outage_share_a_subject(kind: str) -> None:
    assert rendered(EVERY_KIND[kind]()).subject == "Mail EU: disruption on 24 November [INC-2041]"


def test_what_changes_is_not_in_it() -> None:
    before = subject()
    after = subject(
        kind=Kind.UPDATE, incident={"severity": Severity.SEV4, "status": Status.MONITORING}
    )

    assert before == after


@pytest.mark.parametrize("kind", STATE_WORDS)
def test_the_state_word_begins_preheader_and_lock_screen(kind: str) -> None:
    made = EVERY_KIND[kind]()
    chat = rendered(made, Channel.SLACK).chat

    assert chat is not None
    assert preheader_of(rendered(made)).startswith(f"{STATE_WORDS[kind]}: ")
    assert chat.fallback.startswith(f"{STATE_WORDS[kind]}: ")
    assert chat.fallback.lower().count(f"{STATE_WORDS[kind].lower()}: ") == 1


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_preheader_fits_beside_its_subject(kind: str) -> None:
    assert len(preheader_of(rendered(EVERY_KIND[kind]()))) <= 90


def test_the_preheader_keeps_the_next_update_and_cuts_the_fact() -> None:
    made = updated()
    assert made.update is not None
    wordy = made.update.model_copy(update={"message": "A long story about disks. " * 40})

    preheader = preheader_of(rendered(made.model_copy(update={"update": wordy})))

    assert len(preheader) <= 90
    assert preheader.endswith("… Next update by 11:00 CET.")


def test_a_long_name_is_cut_and_the_reference_is_not() -> None:
    written = subject(systems=("Mail and Calendar for all Subsidiaries in Europe and Asia",))

    assert len(written) <= 60
    assert written.endswith(": disruption on 24 November [INC-2041]")
    assert "…" in written


def test_several_systems_are_counted_before_a_name_is_cut() -> None:
    assert subject(systems=("Mail EU", "Chat")) == (
        "Mail EU and Chat: disruption on 24 November [INC-2041]"
    )
    assert subject(systems=("Mail EU", "Calendar EU", "File share", "Printing")) == (
        "Mail EU and 3 more: disruption on 24 November [INC-2041]"
    )


def test_no_system_is_no_hole() -> None:
    assert subject(systems=()) == "Disruption on 24 November [INC-2041]"


def test_a_drill_says_so_first() -> None:
    drill = notice(incident={"drill": True})
    chat = rendered(drill, Channel.SLACK).chat

    assert chat is not None
    assert rendered(drill).subject.startswith("EXERCISE ")
    assert chat.header.startswith("EXERCISE: ")
    assert "This is an exercise." in rendered(drill).text


def test_the_thread_keeps_its_own_subject_and_root() -> None:
    thread = Thread(
        message_id="<d-2@x>", root_id="<d-1@x>", subject="As it was at first [INC-2041]"
    )

    assert rendered(resolved(), thread=thread).thread == thread


def test_a_last_resort_is_never_threaded() -> None:
    thread = Thread(message_id="<d-2@x>", root_id="<d-1@x>", subject="Please take: …")

    alone = rendered(exhausted(), thread=thread)

    assert alone.thread.root_id is None
    assert alone.thread.subject is None
    assert alone.subject.startswith("NOBODY HAS IT: ACME")


def test_senders_stay_the_same() -> None:
    assert rendered(initial()).from_name == "Nordlicht IT service status"
    assert rendered(exhausted()).from_name == "Tocsin"


@given(st.lists(st.text(min_size=1, max_size=200), max_size=5), st.booleans())
def test_no_name_can_break_a_subject(names: list[str], drill: bool) -> None:
    written = subject(systems=tuple(names), incident={"drill": drill})

    assert len(written) <= 60
    assert "[INC-2041]" in written
    assert not any(ord(letter) < 32 for letter in written)
