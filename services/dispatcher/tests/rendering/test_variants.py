"""What a message says depends on what is known, and claims nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dispatcher.planning.supersede import as_first_word
from dispatcher.rendering.notice import Notice
from tocsin_contracts.events import Before
from tocsin_contracts.words import ImpactLevel, Kind, Severity, Status

from services.dispatcher.tests.rendering.cast import PROVIDER, but, cet, notice, update
from services.dispatcher.tests.rendering.forms import chat_of, text_of
from services.dispatcher.tests.rendering.story_clients import eta_changed, updated, workaround

ALERTED = "the on-call team has been alerted."


# ── the first message ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "lead", "effect"),
    [
        (ImpactLevel.DOWN, "Mail EU has been unavailable to ACME since 09:52 CET.",
         "You may not be able to use Mail EU at all."),
        (ImpactLevel.PARTIAL, "Parts of Mail EU have not been working for ACME since",
         "Parts of Mail EU may not work."),
        (ImpactLevel.DEGRADED, "Mail EU has been slow or failing at times for ACME since",
         "Mail EU may be slow or fail at times."),
        (None, "Mail EU has been disrupted for ACME since 09:52 CET.",
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

    assert "Mail EU has been unavailable to ACME since 09:52 CET." in text
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


# ── an update as the first word ─────────────────────────────────────────────────────────────────


def test_a_first_word_late_in_an_outage_says_all_and_compares_with_nothing() -> None:
    made = as_first_word(eta_changed().model_copy(update={"late_promise": cet("11:30")}))

    text = text_of(made)

    assert "Mail EU has been unavailable to ACME since 09:52 CET." in text
    assert "copying the mailboxes is slower than our first measurement." in text
    assert "we expect Mail EU to work again by 16:00 CET." in text
    assert "14:00" not in text
    assert "late" not in text
    assert chat_of(made).fallback.startswith("NEW: ")


def test_a_first_word_while_the_fix_is_watched_does_not_say_that_nothing_works() -> None:
    made = as_first_word(but(updated(), status=Status.MONITORING))

    assert "Mail EU is working again as far as we can see." in text_of(made)
    assert "You cannot send" not in text_of(made)
    assert "workaround" not in text_of(made)
    assert "Mail EU is being moved to backup storage" in text_of(made)
    assert chat_of(made).header.startswith("Mail EU working again, being watched")


# ── what is done now, and what is to be done no longer ──────────────────────────────────────────


def test_new_first_steps_are_what_is_done_now() -> None:
    made = notice(
        Kind.UPDATE,
        changed=("first_steps",),
        incident={"first_steps": "We move Mail EU to backup storage."},
    )

    assert "What we are doing: We move Mail EU to backup storage." in text_of(made)
    assert chat_of(made).header == "Mail EU still down: We move Mail EU to backup storage"
    unchanged = made.model_copy(update={"changed": ()})
    assert "What we are doing" not in text_of(unchanged)


@pytest.mark.parametrize("kind", [Kind.UPDATE, Kind.ETA_CHANGE, Kind.WORKAROUND])
def test_a_workaround_that_no_longer_holds_is_the_first_thing_said(kind: Kind) -> None:
    made = notice(
        kind,
        changed=("workaround", "eta"),
        before=Before(workaround="Use the web page."),
        update=update("It loses mail."),
    )

    greeting, first, *_ = text_of(made).split("\n\n")
    assert greeting.startswith("Hello")
    assert first == "Please stop using the workaround we told you of."
    assert text_of(made).count("Please stop") == 1
    stop = {field.label: field.value for field in chat_of(made).fields}
    assert stop["Please stop"] == "using the workaround we told you of"


@pytest.mark.parametrize("make", [updated, eta_changed, workaround])
def test_updates_do_not_repeat_that_nothing_is_known_of_the_effect(
    make: Callable[[], Notice],
) -> None:
    made = but(make(), impact=None, impact_level=None)

    assert "Still the case" not in text_of(made)
    assert "do not yet know what you will notice" not in text_of(made)
    assert all("do not yet know" not in field.value for field in chat_of(made).fields)
    never_told = made.model_copy(update={"initial_never_sent": True})
    assert "What you notice now" not in text_of(never_told)
