"""What a call to staff says, and that it looks like nothing a client gets."""

from __future__ import annotations

from services.dispatcher.tests.rendering.forms import chat_of, text_of
from services.dispatcher.tests.rendering.story import EVERY_KIND
from services.dispatcher.tests.rendering.story_staff import escalation


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
