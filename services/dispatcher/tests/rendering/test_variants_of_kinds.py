"""What the rarer messages to clients say, depending on what is known."""

from __future__ import annotations

from typing import Any

import pytest
from dispatcher.rendering.facts import ReviewFacts
from dispatcher.rendering.notice import Notice
from tocsin_contracts.incident import KeptPromises
from tocsin_contracts.words import Channel, Status

from services.dispatcher.tests.rendering.cast import but, cet, update
from services.dispatcher.tests.rendering.forms import (
    call_of,
    chat_of,
    everything_said,
    rendered,
    sms_of,
    text_of,
)
from services.dispatcher.tests.rendering.story_after import (
    answered,
    closed,
    meeting_moved,
    meeting_off,
    question_noted,
    reviewed,
)
from services.dispatcher.tests.rendering.story_clients import (
    all_well,
    corrected,
    digest,
    holding,
    initial,
    mistaken,
    no_news,
    updated,
)


def changed(made: Notice, field: str, **fields: Any) -> Notice:
    facts = getattr(made, field)
    return made.model_copy(update={field: facts.model_copy(update=fields)})


# ── a holding notice ────────────────────────────────────────────────────────────────────────────


def test_a_holding_notice_claims_no_more_than_is_true() -> None:
    assert "has been alerted and is asked to confirm it." in text_of(holding())
    assert "The on-call team is checking it." in text_of(
        but(holding(), acknowledged_at=cet("09:57"))
    )


def test_a_holding_notice_uses_nothing_that_nobody_has_checked() -> None:
    said = {"impact": "Mail is lost.", "first_steps": "We reboot.", "workaround": "Use the phone."}
    made = but(holding(), eta=cet("14:00"), **said).model_copy(
        update={"update": update("It is the storage.")}
    )

    told = " ".join(everything_said(made))

    assert "lost" not in told
    assert "reboot" not in told
    assert "Use the phone" not in told
    assert "14:00" not in told
    assert "Storage EU" not in told
    assert "It is the storage" not in told


def test_nothing_was_wrong_after_all() -> None:
    assert "the signs we saw at 09:52 CET did not affect ACME" in text_of(all_well())
    assert "sorry" not in text_of(all_well())
    assert sms_of(all_well()).startswith("Nordlicht IT: all is well.")


# ── no news ─────────────────────────────────────────────────────────────────────────────────────


def silent(**fields: Any) -> Notice:
    return but(no_news().model_copy(update={"update": None}), **fields)


def test_without_words_it_is_said_whether_work_goes_on() -> None:
    assert "Work on it continues. We still expect Mail EU to work again by 14:00 CET." in text_of(
        silent()
    )
    assert "Work on it" not in text_of(silent(acknowledged_at=None))


def test_an_end_that_is_not_known_or_has_passed() -> None:
    assert "We still cannot say when." in text_of(silent(eta=None))
    passed = text_of(silent(eta=cet("10:45")))
    assert "We expected Mail EU back by 10:45 CET; that time has passed" in passed
    assert "still expect" not in passed
    assert "Still expected" not in sms_of(silent(eta=cet("10:45")))


def test_an_update_expects_nothing_of_a_time_that_has_passed() -> None:
    made = but(updated(), eta=cet("10:00"))

    assert "we expected Mail EU back by 10:00 CET. That time has passed" in text_of(made)
    assert "10:00" not in sms_of(made)


def test_no_news_of_something_that_works_again() -> None:
    text = text_of(silent(status=Status.MONITORING))

    assert "Mail EU is working again as far as we can see." in text
    assert "We watch it before we call it resolved." in text
    assert "unavailable" not in text


# ── corrections ─────────────────────────────────────────────────────────────────────────────────


def test_a_correction_says_what_to_do_or_that_nothing_is() -> None:
    assert "What you can do now: ask those senders" in text_of(corrected())
    nothing = changed(corrected(), "correction", action=None)
    assert "What you can do now: you do not need to do anything." in text_of(nothing)


def test_whom_it_does_not_concern_reads_no_detail() -> None:
    said = " ".join(everything_said(mistaken()))
    payload = rendered(mistaken(), Channel.WEBHOOK).payload

    assert "by mistake" in said
    for detail in ("is down", "critical", "Next update", "investigating", "storage"):
        assert detail not in said
    assert payload is not None
    assert payload["data"]["incident"] == {"ref": "INC-2041"}
    assert payload["data"]["next_update_due"] is None


# ── the end, and after it ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (
            {"first_within_minutes": 10, "first_after_minutes": 6},
            "What we promised you: first word within 10 minutes, sent after 6.",
        ),
        (
            {"updates_promised": 11, "updates_kept": 11},
            "What we promised you: all 11 updates on time.",
        ),
        ({"updates_promised": 1, "updates_kept": 1}, "you: the one update on time."),
        (
            {"updates_promised": 3, "updates_kept": 1, "latest_by_minutes": 61},
            "1 of 3 updates on time, the latest 1 hour 1 minute late.",
        ),
        ({"updates_promised": 2, "updates_kept": 0}, "you: none of 2 updates on time."),
        (
            {"first_within_minutes": 90, "first_after_minutes": 6},
            "first word within 1 hour 30 minutes, sent after 6 minutes.",
        ),
    ],
)
def test_what_was_promised_is_told_with_what_was_kept(kept: dict[str, int], words: str) -> None:
    made = changed(closed(), "closure", promises=KeptPromises(**kept))

    assert words in text_of(made)


def test_a_plan_that_promised_nothing_is_not_spoken_of() -> None:
    for promises in (None, KeptPromises()):
        made = changed(closed(), "closure", promises=promises)
        assert "promised you" not in text_of(made)


def test_a_moved_meeting_shows_both_times() -> None:
    text = text_of(meeting_moved())

    assert "was Monday 30 November, 14:00, now Tuesday 1 December, 10:00 to 10:30 CET" in text
    assert "Cause" not in text
    elsewhere = meeting_moved()
    assert elsewhere.meeting is not None
    assert elsewhere.meeting.now is not None
    before = elsewhere.meeting.now.model_copy(update={"location": "at your office"})
    made = changed(elsewhere, "meeting", before=before)
    assert "stays on Tuesday 1 December, 10:00 CET; it is now by video." in text_of(made)


def test_a_cancelled_meeting_offers_another() -> None:
    text = text_of(meeting_off())

    assert "planned for Monday 30 November, 14:00 CET, will not take place." in text
    assert "Why: Ann Weiss is ill." in text
    assert "Reply, and Ann Weiss arranges one." in text


def test_a_review_says_what_is_still_to_do() -> None:
    assert "Open: 1 of 3 items, due 5 December. We will tell you when it is done." in text_of(
        reviewed()
    )
    done = reviewed().model_copy(update={"review": ReviewFacts(items=3)})
    assert "All items are done." in text_of(done)
    assert "items" not in text_of(reviewed().model_copy(update={"review": ReviewFacts()}))


def test_a_review_without_a_summary_begins_with_the_cause() -> None:
    made = reviewed().model_copy(update={"review": ReviewFacts()})

    assert "In one sentence: A storage controller and its backup failed together.\n" in text_of(
        made
    )


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


def test_an_auto_answer_says_when_and_what_is_known() -> None:
    today = changed(question_noted(), "question", answer_by=None)
    assert "a person will answer it here today." in text_of(today)
    assert "as soon as" not in text_of(today)
    over = but(question_noted(), status=Status.RESOLVED, resolved_at=cet("12:34"))
    assert "What we know now: Mail EU has been working again since 12:34 CET." in text_of(over)
    unknown = but(question_noted(), eta=None, status=Status.INVESTIGATING)
    assert "since 09:52 CET, and we cannot yet say until when." in text_of(unknown)


def test_an_answer_is_the_persons_words() -> None:
    assert (
        "Ann Weiss, Nordlicht IT\n"
        in text_of(answered()).split("touched. You cannot open it until Mail EU is back.\n\n")[1]
    )
    nameless = changed(answered(), "question", answered_by=None)
    assert "Your service desk, Nordlicht IT" in text_of(nameless)
    assert sms_of(nameless).startswith("Nordlicht IT: Yes.")


def test_a_long_answer_travels_in_two_text_messages_and_then_as_a_link() -> None:
    made = changed(answered(), "question", answer="The archive is safe and whole. " * 20)

    said = sms_of(made)

    assert 250 <= len(said) <= 306
    assert said.endswith("nl.example/k7Qw92TaX4mB")


def test_replies_answer_under_the_askers_own_subject() -> None:
    assert rendered(answered()).subject == "Re: Archived mail"
    again = changed(answered(), "question", subject="AW: Re: Archived mail")
    assert rendered(again).subject == "Re: Archived mail"
    by_sms = changed(answered(), "question", subject=None)
    assert rendered(by_sms).subject == "Re: Mail EU: disruption on 24 November [INC-2041]"


# ── names ───────────────────────────────────────────────────────────────────────────────────────


def test_a_client_is_called_as_people_call_it_and_named_in_full_once() -> None:
    text = text_of(initial())

    assert "unavailable to ACME since" in text
    assert "You get this as IT lead of ACME GmbH" in text
    formal = initial()
    assert formal.client is not None
    whole = formal.client.model_copy(update={"called": None})
    assert "to ACME GmbH since" in text_of(formal.model_copy(update={"client": whole}))


def test_a_digest_is_a_thread_of_its_own() -> None:
    assert rendered(digest()).subject == "ACME: disruptions on 24 November"
    assert "INC-" not in rendered(digest()).text


def test_a_call_leaves_out_what_has_no_room() -> None:
    wordy = "Our engineers have found out that one of the two controllers of the storage is broken."
    made = updated().model_copy(update={"changed": (), "update": update(wordy)})

    assert wordy not in call_of(but(made, eta=cet("14:00")))
    short = made.model_copy(update={"update": update("Some mail is lost.")})
    assert "Some mail is lost." in call_of(short)
    assert "Some mail is lost." in sms_of(short)


def test_chat_says_it_in_its_own_words_too() -> None:
    assert chat_of(holding()).header == "Mail EU: we are checking a possible problem"
    assert chat_of(mistaken()).header == "Correction, Mail EU: sent to you by mistake"
