"""What a message says depends on what is known, and claims nothing else."""

from __future__ import annotations

import pytest
from dispatcher.channels.message import ChatMessage
from dispatcher.rendering.notice import Named, Notice, ReopenedFacts, ResolvedFacts
from tocsin_contracts.events import Before
from tocsin_contracts.words import Channel, ImpactLevel, Kind, Severity, Status

from services.dispatcher.tests.rendering.forms import rendered, text_of
from services.dispatcher.tests.rendering.story import (
    ACME,
    EVERY_KIND,
    JO,
    PROVIDER,
    cancelled,
    cet,
    closed,
    escalation,
    eta_changed,
    notice,
    reopened,
    resolved,
    update,
    updated,
    workaround,
)

ALERTED = "the on-call team has been alerted."


def chat_of(made: Notice) -> ChatMessage:
    chat = rendered(made, Channel.SLACK).chat
    assert chat is not None
    return chat


def fields_of(made: Notice) -> dict[str, str]:
    return {field.label: field.value for field in chat_of(made).fields}


def but(made: Notice, **fields: object) -> Notice:
    """The same notice with some of its incident's fields changed."""
    return made.model_copy(update={"incident": made.incident.model_copy(update=fields)})


# ── the first message ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "lead", "effect"),
    [
        (ImpactLevel.DOWN, "Mail EU has been unavailable to ACME GmbH since 09:52 CET.",
         "You may not be able to use Mail EU at all."),
        (ImpactLevel.PARTIAL, "Parts of Mail EU have not been working for ACME GmbH since",
         "Parts of Mail EU may not work."),
        (ImpactLevel.DEGRADED, "Mail EU has been slow or failing at times for ACME GmbH since",
         "Mail EU may be slow or fail at times."),
        (None, "Mail EU has been disrupted for ACME GmbH since 09:52 CET.",
         "We do not yet know what you will notice."),
    ],
)  # fmt: skip
def test_without_an_operators_words_the_effect_follows_the_level(
    level: ImpactLevel | None, lead: str, effect: str
) -> None:
    text = text_of(notice(incident={"impact": None, "impact_level": level}))

    assert f"{lead}" in text
    assert effect in text


def test_nobody_has_acknowledged_so_no_work_is_claimed() -> None:
    assert ALERTED in text_of(notice(incident={"acknowledged_at": None}))
    assert "engineers" not in text_of(notice(incident={"acknowledged_at": None}))


def test_somebody_has_acknowledged_so_work_may_be_claimed() -> None:
    assert "our engineers are working on it." in text_of(notice())


def test_first_steps_are_told_whether_or_not_somebody_acknowledged() -> None:
    steps = {"first_steps": "We restart the storage."}

    assert "What we are doing: We restart the storage." in text_of(notice(incident=steps))
    unclaimed = text_of(notice(incident={**steps, "acknowledged_at": None}))
    assert f"{ALERTED} We restart the storage." in unclaimed


def test_the_cause_is_not_said_to_be_unknown_once_it_is_found() -> None:
    text = text_of(notice(via=(), incident={"status": Status.IDENTIFIED}))

    assert "we have found the cause." in text
    assert "do not know" not in text


def test_the_phone_is_advised_only_if_there_is_one() -> None:
    advice = "For urgent matters please use the phone."

    assert advice in text_of(notice())
    silent = notice(account_manager=None, provider=PROVIDER.model_copy(update={"desk_phone": None}))
    assert advice not in text_of(silent)


# ── updates ─────────────────────────────────────────────────────────────────────────────────────


def test_an_end_that_nobody_set_is_one_sentence() -> None:
    text = text_of(but(updated(), eta=None))

    assert "When: we cannot yet say when it will work again." in text
    assert "ETA" not in text


def test_a_fix_in_place_is_watched_before_it_is_called_resolved() -> None:
    made = but(updated(), status=Status.MONITORING)
    assert made.update is not None
    until = made.update.model_copy(update={"watch_until": cet("16:00")})

    without = text_of(made)
    assert "Mail EU is working again as far as we can see. We watch it before" in without
    assert "Still the case" not in without
    assert "We watch it until 16:00 CET before we call it resolved." in text_of(
        made.model_copy(update={"update": until})
    )
    assert chat_of(made).header.startswith("Mail EU working again, being watched")


def test_a_changed_severity_shows_both() -> None:
    made = notice(
        Kind.UPDATE,
        changed=("severity",),
        before=Before(severity=Severity.SEV2),
        update=update("More mailboxes fail."),
    )

    assert "More mailboxes fail. We now rate this critical (was major)." in text_of(made)


def test_a_system_that_joins_is_named_with_its_time() -> None:
    made = notice(Kind.UPDATE, at=cet("10:40"), new_systems=("Calendar EU",))

    assert "Calendar EU has been affected too since 10:40 CET." in text_of(made)


def test_a_change_without_words_still_says_what_is_new() -> None:
    made = notice(
        Kind.UPDATE,
        incident={"status": Status.IDENTIFIED},
        changed=("status",),
        before=Before(status=Status.INVESTIGATING),
    )

    assert "We have found the cause." in text_of(made)


def test_an_unchanged_workaround_is_not_repeated() -> None:
    made = but(updated(), workaround="Use the web page.")

    assert "Use the web page." not in text_of(made)
    new = made.model_copy(update={"changed": ("workaround",)})
    assert "What you can do now: Use the web page." in text_of(new)


def test_a_first_message_that_never_went_is_made_up_for() -> None:
    made = updated().model_copy(update={"initial_never_sent": True})

    text = text_of(made)

    assert "Mail EU has been unavailable to ACME GmbH since 09:52 CET." in text
    assert "What you can do now: we have no workaround yet;" in text
    assert chat_of(made).fallback.startswith("NEW: ")


def test_a_late_word_begins_by_saying_so() -> None:
    made = updated().model_copy(update={"late_promise": cet("10:25")})

    assert text_of(made).split("\n\n")[1] == (
        "This update is late: we promised it by 10:25 CET. We are sorry for that."
    )


# ── a new time, a workaround ────────────────────────────────────────────────────────────────────


def test_sooner_than_said() -> None:
    made = but(eta_changed(), eta=cet("13:00"))

    assert "sooner than we said, by 13:00 CET (was 14:00, now 13:00)" in text_of(made)


def test_a_time_withdrawn_promises_the_next_word_instead() -> None:
    made = but(eta_changed(), eta=None)

    assert (
        "We said 14:00 CET. That no longer holds, and we cannot name a new time yet. "
        "We will name one, or say why not, by 12:00 CET." in text_of(made)
    )


def test_a_first_time_is_no_changed_time() -> None:
    made = eta_changed().model_copy(update={"before": Before()})

    assert "We now expect Mail EU to work again by 16:00 CET." in text_of(made)
    assert chat_of(made).fallback.startswith("UPDATE: ")


def test_a_new_day_is_named() -> None:
    made = but(eta_changed(), eta=cet("09:00", day=25))

    assert "(was today 14:00, now tomorrow, Wednesday 25 November, 09:00)" in text_of(made)


def test_a_workaround_withdrawn() -> None:
    made = but(workaround(), workaround=None).model_copy(
        update={"before": Before(workaround="Use it."), "update": update("It loses mail.")}
    )

    text = text_of(made)

    assert "Please stop using the workaround we told you of." in text
    assert "Why: It loses mail." in text


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


@pytest.mark.parametrize("kind", sorted(set(EVERY_KIND) - {"resolved"}))
def test_nobody_else_apologises(kind: str) -> None:
    assert "sorry" not in text_of(EVERY_KIND[kind]())


def test_told_only_at_the_end() -> None:
    made = resolved().model_copy(update={"initial_never_sent": True})

    assert (
        "Mail EU was unavailable to ACME GmbH for 5 hours 42 minutes (09:52 to 15:34 CET) "
        "and works again." in text_of(made)
    )


def test_a_false_alarm_says_that_all_is_well() -> None:
    text = text_of(cancelled())

    assert "All is well: the signs we saw at 09:52 CET did not affect ACME GmbH." in text
    assert "working again" not in text
    assert chat_of(cancelled()).header == "All is well: Mail EU"


def test_messages_after_the_end_promise_no_next_word() -> None:
    late = resolved().model_copy(update={"resolved": ResolvedFacts()})

    for made in (late, cancelled(), closed()):
        assert "Next update" not in text_of(made)


def test_resolved_and_closed_are_seen_in_the_channel_too() -> None:
    seen = {kind for kind, make in EVERY_KIND.items() if chat_of(make()).broadcast}

    assert seen == {"resolved", "cancelled", "closure"}


def test_without_a_meeting_one_is_offered() -> None:
    facts = closed().closure
    assert facts is not None
    made = closed().model_copy(update={"closure": facts.model_copy(update={"follow_up": None})})

    offer = "Would you like to go through it? Reply, and {} a time."
    assert offer.format("Ann Weiss arranges") in text_of(made)
    nobody = made.model_copy(update={"account_manager": None})
    assert offer.format("we arrange") in text_of(nobody)


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


# ── staff ───────────────────────────────────────────────────────────────────────────────────────


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

    assert text.startswith("Please take the contact with ACME GmbH")
    assert "Tocsin at Nordlicht IT, INC-2041." in text
    assert "Hello" not in text


def test_the_links_open_a_page_and_are_words_before_they_are_urls() -> None:
    text = staff()

    assert "I take it: https://status.nordlicht.example/take/abc.def.ghi\n" in text
    assert "Pass on: https://status.nordlicht.example/take/abc.def.ghi" in text


def test_no_chat_has_an_empty_field() -> None:
    for make in EVERY_KIND.values():
        assert all(field.label and field.value for field in chat_of(make()).fields)
        assert len(fields_of(make())) <= 3
