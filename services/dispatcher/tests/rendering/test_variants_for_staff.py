"""What a call to staff says, and that it looks like nothing a client gets."""

from __future__ import annotations

import pytest
from dispatcher.channels.message import Thread
from tocsin_contracts.words import Promise

from services.dispatcher.tests.rendering.cast import ANN_READS, TOM_READS, cet
from services.dispatcher.tests.rendering.forms import call_of, chat_of, rendered, sms_of, text_of
from services.dispatcher.tests.rendering.story import EVERY_KIND
from services.dispatcher.tests.rendering.story_staff import (
    approval,
    at_risk,
    breached,
    done_late,
    escalation,
    handed_over,
    note,
    question,
    unknown_sender,
    word_due,
    word_overdue,
)


def staff(**facts: object) -> str:
    made = escalation()
    assert made.escalation is not None
    return text_of(made.model_copy(update={"escalation": made.escalation.model_copy(update=facts)}))


def test_a_step_says_why_in_its_own_words() -> None:
    reason = (
        "critical, open for 15 minutes, not acknowledged, and nobody speaks for us with ACME yet"
    )

    assert f"Why you, why now: {reason}.\n" in staff(reason=reason)


def test_the_last_on_the_list_hears_so() -> None:
    assert "You are the last on the list." in staff(next=None)
    assert "No answer by 10:17 CET: Tom Klein is called." in staff()


def test_while_somebody_has_it_no_channel_says_that_nobody_has() -> None:
    made = escalation()
    assert made.escalation is not None
    held = made.escalation.model_copy(update={"held_by": "Tom Klein"})
    asked = held.model_copy(update={"asked_by": ("Jo Frei",)})

    for facts, words in ((held, "Tom Klein has it"), (asked, "Jo Frei asked, no answer yet")):
        said = made.model_copy(update={"escalation": facts})
        everything = f"{sms_of(said)} {chat_of(said)} {call_of(said)}"
        assert everything.count(words) == 4
        assert "obody has" not in everything


def test_a_late_call_says_that_it_is_our_fault() -> None:
    late = "This was due at 10:07 CET and comes late because our own service was interrupted."

    assert late in staff(late_by_seconds=600)
    assert late not in staff()


def test_staff_mail_greets_nobody_and_says_tocsin() -> None:
    text = staff()

    assert text.startswith("Please take the contact with ACME")
    assert "Tocsin at Nordlicht IT, INC-2041." in text
    assert "Hello" not in text


def test_the_links_open_a_page_and_are_words_before_they_are_urls() -> None:
    text = staff()

    assert "I take it: https://status.nordlicht.example/take/abc.def.ghi\n" in text
    assert "Pass on: https://status.nordlicht.example/take/abc.def.ghi" in text


def test_no_chat_has_an_empty_field() -> None:
    for make in EVERY_KIND.values():
        assert all(field.label and field.value for field in chat_of(make()).fields)
        assert len(chat_of(make()).fields) <= 3


# ── approvals ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "words", "short"),
    [
        ({}, "the holding notice goes out by itself.", "else holding notice goes out."),
        ({"on_no_answer": "send"}, "it goes out as it is.", "else it goes out as it is."),
        (
            {"on_no_answer": "alert", "if_no_answer": "Eva Lang"},
            "nothing is sent and Eva Lang is called.",
            "else nothing is sent.",
        ),
        ({"of": "update"}, "it goes out as it is.", "else it goes out as it is."),
    ],
)
def test_an_approver_reads_what_happens_without_an_answer(
    facts: dict[str, str], words: str, short: str
) -> None:
    made = approval(**facts)

    assert f"No answer by 09:59 CET: {words}" in text_of(made)
    assert short in sms_of(made)


def test_what_is_approved_is_shown_as_it_will_be_sent() -> None:
    text = "**Not** bold & <b>not</b> markup.\n\n1. first"
    made = approval(text=text, subject="Mail EU [INC-2041]")

    mail = rendered(made)

    assert "> **Not** bold & <b>not</b> markup.\n>\n> 1. first" in mail.text
    assert "**Not** bold &amp; &lt;b&gt;not&lt;/b&gt; markup.<br><br>1. first" in (mail.html or "")


def test_a_decision_is_never_threaded() -> None:
    thread = Thread(message_id="<d-2@x>", root_id="<d-1@x>", subject="Please take: …")

    alone = rendered(approval(), thread=thread)

    assert alone.thread.root_id is None
    assert alone.subject == "Approve by 09:59 CET: first notice to ACME [INC-2041]"


# ── promises ────────────────────────────────────────────────────────────────────────────────────


def test_a_word_that_is_due_and_one_that_is_late() -> None:
    assert "is due in 5 minutes, by 10:30 CET, to ACME and 3 more clients." in text_of(word_due())
    assert "is 4 minutes late; ACME and 3 more clients wait." in text_of(word_overdue())
    assert "No news, next word by 11:00 CET: https://console" in text_of(word_due())


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (Promise.FIRST_NOTICE, 'The promise to ACME "first word" breaks at 13:00 CET'),
        (Promise.UPDATE, 'The promise to ACME "update every 30 minutes" breaks at 13:00 CET'),
        (Promise.CLOSURE, 'The promise to ACME "closing note" breaks at 13:00 CET'),
    ],
)
def test_which_promise_breaks(promise: Promise, words: str) -> None:
    made = at_risk()
    assert made.promise is not None
    facts = made.promise.model_copy(update={"promise": promise})

    assert words in text_of(made.model_copy(update={"promise": facts}))


def test_the_first_promise_counts_none_before_it() -> None:
    made = at_risk()
    assert made.promise is not None
    first = made.promise.model_copy(update={"kept": 0, "promised": 0})

    assert "So far" not in text_of(made.model_copy(update={"promise": first}))


def test_a_broken_promise_is_facts_without_reproach() -> None:
    assert "has not gone out yet and is 4 minutes late. Why: no update was written." in text_of(
        breached()
    )
    assert '"This update is late: we promised it by 13:00 CET. We are sorry for that."' in text_of(
        breached()
    )
    late = text_of(done_late())
    assert "went out at 13:04 CET, 4 minutes late." in late
    assert "sorry" not in late
    at_once = breached().model_copy(update={"at": cet("13:00")})
    assert "has not gone out yet." in text_of(at_once)


def test_promises_share_a_thread() -> None:
    assert rendered(at_risk()).subject == rendered(breached()).subject


# ── questions, notes, hand-overs ────────────────────────────────────────────────────────────────


def test_no_facts_go_to_a_sender_nobody_knows() -> None:
    text = text_of(unknown_sender())

    assert text.startswith("An unknown sender (number ending 207) asks by SMS at 13:40 CET:")
    assert "No incident facts go back to a sender we do not know." in text


def test_a_question_is_quoted_and_never_rendered() -> None:
    made = question()
    assert made.question is not None
    asked = made.question.model_copy(update={"text": "Is **it** <b>safe</b>? " * 40})

    mail = rendered(made.model_copy(update={"question": asked}))

    quoted = mail.text.split("\n\n")[1]
    assert quoted.startswith('"Is **it** <b>safe</b>? ')
    assert len(quoted) <= 303
    assert "<b>safe" not in (mail.html or "")


def test_both_sides_of_a_hand_over_read_their_own() -> None:
    asked, asking = TOM_READS, ANN_READS.model_copy(update={"take_link": None})

    assert "passes to you from Ann Weiss" in sms_of(handed_over(), asked)
    assert "Reply 1 to take." in sms_of(handed_over(), asked)
    assert "passes to Tom Klein from Ann Weiss" in sms_of(handed_over(), asking)
    assert "Reply 1" not in sms_of(handed_over(), asking)
    assert "press 1" not in call_of(handed_over(), asking)


def test_a_note_is_one_sentence() -> None:
    made = note().model_copy(update={"fact": "The address bounced"})

    assert text_of(made).startswith("The address bounced.\n\nOpen the console: ")
    assert sms_of(made).startswith("Tocsin: The address bounced. ")
