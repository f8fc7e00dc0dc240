"""How an outage ends in words, and whom the reader may call."""

from __future__ import annotations

import pytest
from dispatcher.rendering.facts import Named, ReopenedFacts, ResolvedFacts
from dispatcher.rendering.notice import Notice
from tocsin_contracts.incident import PreventionItem

from services.dispatcher.tests.rendering.cast import ACME, JO, but, cet, notice
from services.dispatcher.tests.rendering.forms import chat_of, text_of
from services.dispatcher.tests.rendering.story import CLIENTS, EVERY_KIND
from services.dispatcher.tests.rendering.story_after import closed
from services.dispatcher.tests.rendering.story_clients import cancelled, reopened, resolved

# ── the end ─────────────────────────────────────────────────────────────────────────────────────


def test_a_closing_note_is_promised_only_by_a_plan_that_has_one() -> None:
    undated = resolved().model_copy(update={"closure_due": None, "has_closure": True})
    none = resolved().model_copy(update={"closure_due": None})

    assert "We will send the cause and what we change." in text_of(undated)
    assert "the cause" not in text_of(none)


def test_the_apology_is_for_what_it_was() -> None:
    evening = but(resolved(), started_at=cet("18:00"), resolved_at=cet("23:30"))

    assert "We are sorry for the working day this cost you." in text_of(resolved())
    assert "We are sorry for the time this cost you." in text_of(evening)


@pytest.mark.parametrize("kind", sorted(set(CLIENTS) - {"resolved", "correction"}))
def test_nobody_else_apologises(kind: str) -> None:
    assert "sorry" not in text_of(EVERY_KIND[kind]())


def test_told_only_at_the_end() -> None:
    made = resolved().model_copy(update={"initial_never_sent": True})

    assert (
        "Mail EU was unavailable to ACME for 5 hours 42 minutes (09:52 to 15:34 CET) "
        "and works again." in text_of(made)
    )


def test_a_false_alarm_says_that_all_is_well() -> None:
    text = text_of(cancelled())

    assert "All is well: the signs we saw at 09:52 CET did not affect ACME." in text
    assert "working again" not in text
    assert chat_of(cancelled()).header == "All is well: Mail EU"


def test_messages_after_the_end_promise_no_next_word() -> None:
    late = resolved().model_copy(update={"resolved": ResolvedFacts()})

    for made in (late, cancelled(), closed()):
        assert "Next update" not in text_of(made)


def test_resolved_and_closed_are_seen_in_the_channel_too() -> None:
    seen = {kind for kind, make in EVERY_KIND.items() if chat_of(make()).broadcast}

    assert seen == {"resolved", "all_well", "cancelled", "closure", "meeting_moved", "meeting_off"}


def test_without_a_meeting_one_is_offered() -> None:
    facts = closed().closure
    assert facts is not None
    made = closed().model_copy(update={"closure": facts.model_copy(update={"follow_up": None})})

    offer = "Would you like to go through it? Reply, and {} a time."
    assert offer.format("Ann Weiss arranges") in text_of(made)
    nobody = made.model_copy(update={"account_manager": None})
    assert offer.format("we arrange") in text_of(nobody)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("restart Outlook", "restart Outlook. If something still"),
        ("restart Outlook.", "restart Outlook. If something still"),
        ('does it show "connected"?', 'does it show "connected"? If something still'),
        ('it says "connected."', 'it says "connected." If something still'),
    ],
)
def test_what_to_check_ends_before_the_next_sentence_begins(written: str, read: str) -> None:
    made = resolved().model_copy(update={"resolved": ResolvedFacts(checks=written)})

    assert f"Please check: {read}" in text_of(made)


@pytest.mark.parametrize(
    ("due", "read"),
    [
        ("2026-12-01", "Take-over tested: 1 December, Eva Lang."),
        ("2027-01-05", "Take-over tested: 5 January 2027, Eva Lang."),
        ("first on 2026-12-01", "Take-over tested: first on 1 December, Eva Lang."),
        ("2026-13-01", "Take-over tested: 2026-13-01, Eva Lang."),
        ("done", "Take-over tested: done, Eva Lang."),
    ],
)
def test_a_due_date_is_read_as_people_say_it(due: str, read: str) -> None:
    facts = closed().closure
    assert facts is not None
    items = (PreventionItem(what="Take-over tested", who="Eva Lang", due=due),)
    made = closed().model_copy(update={"closure": facts.model_copy(update={"prevention": items})})

    assert f"What changes: {read}" in text_of(made)


def test_reopened_and_not_yet_acknowledged_again() -> None:
    facts = ReopenedFacts(reopened_at=cet("17:05"), was_resolved_at=cet("15:34"))
    made = but(reopened(), acknowledged_at=cet("09:57")).model_copy(update={"reopened": facts})

    text = text_of(made)

    assert "The on-call team has been alerted again." in text
    assert "same team" not in text


# ── whom to call ────────────────────────────────────────────────────────────────────────────────


def questions(made: Notice) -> str:
    return next(part for part in text_of(made).split("\n\n") if part.startswith("Questions?"))


def test_the_account_manager_is_named_with_a_number() -> None:
    assert questions(notice()) == (
        "Questions? Reply to this message or call Ann Weiss, your account manager: "
        "+49 30 23125 142."
    )


def test_without_one_the_service_desk_is() -> None:
    assert questions(notice(account_manager=None)) == (
        "Questions? Reply to this message or call our service desk: +49 30 23125 100."
    )
    numberless = Named(name="Ann Weiss")
    assert "service desk" in questions(notice(account_manager=numberless))


def test_whoever_took_it_is_the_contact() -> None:
    tom = Named(name="Tom Klein")

    assert "Tom Klein is your contact for this disruption: +49 30 23125 100." in questions(
        notice(taker=tom)
    )


def test_somebody_in_another_zone_reads_their_own_times() -> None:
    made = notice(client=ACME.model_copy(update={"timezone": "America/New_York"}))
    reader = {"timezone": None}

    text = text_of(made, JO.model_copy(update=reader))

    assert "since 03:52 EST" in text
    assert "Times are America/New_York (EST, UTC-5)." in text
