"""What is said of planned work, depending on the reader's day and on how it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dispatcher.rendering.notice import Notice
from tocsin_contracts.words import Channel, ImpactLevel, MaintenanceOutcome

from services.dispatcher.tests.rendering.cast import JO
from services.dispatcher.tests.rendering.forms import chat_of, rendered, sms_of, text_of
from services.dispatcher.tests.rendering.story_maintenance import (
    announced,
    cancelled_work,
    december,
    ended,
    overrunning,
    reminder,
    rescheduled,
    started,
)


def with_window(made: Notice, **fields: Any) -> Notice:
    assert made.maintenance is not None
    window = made.maintenance.window.model_copy(update=fields)
    facts = made.maintenance.model_copy(update={"window": window})
    return made.model_copy(update={"maintenance": facts})


@pytest.mark.parametrize(
    ("level", "effect"),
    [
        (ImpactLevel.DOWN, "Mail EU may be unavailable during this time."),
        (ImpactLevel.PARTIAL, "Parts of Mail EU may not work during this time."),
        (ImpactLevel.DEGRADED, "Mail EU may be slow or fail at times during this time."),
        (None, "Mail EU may be unavailable during this time."),
    ],
)
def test_without_words_the_effect_follows_the_level(level: ImpactLevel | None, effect: str) -> None:
    made = with_window(announced(), impact=None, impact_level=level)

    assert f"What you will notice: {effect}" in text_of(made)


def test_a_day_to_object_by_is_a_day_and_a_moment_is_a_moment() -> None:
    assert "reply by Tuesday 1 December.\n" in text_of(announced())
    noon = with_window(announced(), object_by=december("12:00", 1))
    assert "reply by Tuesday 1 December, 12:00 CET.\n" in text_of(noon)
    assert "does not suit" not in text_of(with_window(announced(), object_by=None))


def test_reminders_are_promised_as_they_are_set() -> None:
    twice = with_window(announced(), remind_hours_before=(72, 2))
    never = with_window(announced(), remind_hours_before=())

    assert "We remind you three days and two hours before, and write when" in text_of(twice)
    assert "\nWe write when it starts and ends." in text_of(never)


def test_tomorrow_is_the_readers_own() -> None:
    """22:00 in Berlin is the next morning in Tokyo, one day further on."""
    early = reminder().model_copy(update={"at": december("15:00", 4)})
    tokyo = JO.model_copy(update={"timezone": "Asia/Tokyo"})

    assert "A reminder: tomorrow, Saturday 5 December, 22:00 CET we start" in text_of(early)
    assert "A reminder: on Sunday 6 December, 06:00 JST we start" in text_of(early, tokyo)
    today = reminder().model_copy(update={"at": december("20:00", 5)})
    assert "A reminder: today at 22:00 CET we start" in text_of(today)


def test_a_move_shows_both_and_says_which_day_is_free() -> None:
    text = text_of(rescheduled())

    assert "Was: Saturday 5 December, 22:00 to Sunday 6 December, 01:00 CET." in text
    assert "Now: Saturday 12 December, 22:00 to Sunday 13 December, 01:00 CET." in text
    assert "On 5 December Mail EU works as usual." in text


def test_a_move_within_the_day_frees_no_day() -> None:
    fields = {"starts_at": december("23:00", 5), "ends_at": december("02:00", 6)}
    made = with_window(rescheduled(), **fields)

    assert "works as usual" not in text_of(made)
    assert chat_of(made).header == "Moved: work on Mail EU, now Sat 5 Dec, 23:00 to 02:00 CET"
    assert "Was Sat 5 Dec 22:00 to 01:00 CET, now Sat 5 Dec 23:00 to 02:00 CET." in sms_of(made)


def test_a_move_to_now_is_at_short_notice() -> None:
    fields = {"starts_at": december("22:00", 2), "ends_at": december("23:00", 2)}
    made = with_window(rescheduled(), **fields)

    assert "The work on Mail EU moves at short notice." in text_of(made)
    assert "moved at short notice." in sms_of(made)
    assert "short notice" not in text_of(rescheduled())


def test_work_that_begins_late_says_so() -> None:
    late = with_window(started(), started_at=december("22:25", 12))
    late = late.model_copy(update={"at": december("22:25", 12)})

    assert "started at 22:25 CET (planned 22:00). It ends by" in text_of(late)
    assert "has started. It ends by" in text_of(started())


def test_how_it_ended() -> None:
    assert "since 23:41 CET, earlier than planned." in text_of(ended())
    late = with_window(ended(), ends_at=december("23:00", 12))
    assert "earlier" not in text_of(late)
    partly = with_window(ended(), outcome=MaintenanceOutcome.PARTLY)
    assert "is done in part; the rest is announced separately." in text_of(partly)
    undone = with_window(ended(), outcome=MaintenanceOutcome.UNDONE)
    assert "was stopped and undone at 23:41 CET. Mail EU works as before; a new date" in text_of(
        undone
    )


def test_work_that_takes_longer_names_the_new_end_if_there_is_one() -> None:
    assert "takes longer: was 01:00, now 02:30 CET." in text_of(overrunning())
    open_end = with_window(overrunning(), ends_at=december("01:00", 13)).model_copy(
        update={"at": december("01:00", 13) + timedelta(minutes=1)}
    )
    text = text_of(open_end)
    assert "takes longer than announced: it was to end by 01:00 CET." in text
    assert "We cannot yet say until when." in text


def test_a_calendar_is_spoken_of_where_it_changes() -> None:
    assert "The entry in your calendar is updated." in text_of(rescheduled())
    assert "The entry in your calendar is removed." in text_of(cancelled_work())


def test_its_thread_has_no_date_because_it_may_move() -> None:
    subjects = {rendered(make()).subject for make in (announced, rescheduled, started, ended)}

    assert subjects == {"Mail EU: planned maintenance [MNT-318]"}


def test_a_machine_reads_its_facts() -> None:
    payload = rendered(rescheduled(), Channel.WEBHOOK).payload

    assert payload is not None
    assert payload["type"] == "maintenance.rescheduled"
    assert payload["data"]["maintenance"]["starts_at"] == "2026-12-12T21:00:00Z"
    assert "incident" not in payload["data"]
    assert "title" not in payload["data"]["maintenance"]
