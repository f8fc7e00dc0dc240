"""What was promised and what became of it: counted for the closing note, and what is still owed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from incident_api.promises.kept import kept_promises, late_by
from incident_api.promises.model import Promised
from incident_api.promises.standing import UNJUDGED, with_pending
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Promise, PromiseState, Severity, Status

KNOWN = datetime(2026, 11, 24, 8, 54, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return KNOWN + timedelta(minutes=minutes)


def promised(
    due: float,
    done: float | None,
    *,
    what: Promise = Promise.UPDATE,
    client: str = "acme",
    state: PromiseState | None = None,
) -> Promised:
    in_time = done is not None and done <= due
    return Promised(
        incident_id="i",
        client_key=client,
        promise=what,
        due_at=after(due),
        state=state or (PromiseState.KEPT if in_time else PromiseState.BREACHED),
        changed_at=KNOWN,
        done_at=None if done is None else after(done),
    )


def test_the_first_word_counts_from_the_first_alert() -> None:
    first = promised(10, 5.5, what=Promise.FIRST_NOTICE)
    counted = kept_promises([first], known_at=KNOWN)["acme"]
    assert (counted.first_within_minutes, counted.first_after_minutes) == (10, 6)


def test_a_word_thirty_seconds_late_is_a_minute_late_never_on_time() -> None:
    assert late_by(promised(30, 30.5)) == 1
    assert late_by(promised(30, 30)) is None
    assert late_by(promised(30, None)) is None


def test_updates_are_counted_by_client_and_the_latest_one_is_named() -> None:
    rows = [promised(30, 29), promised(60, 64), promised(90, 91), promised(120, None)]
    rows.append(promised(30, 30, client="birch"))
    counted = kept_promises(rows, known_at=KNOWN)
    acme = counted["acme"]
    assert (acme.updates_promised, acme.updates_kept, acme.latest_by_minutes) == (4, 1, 4)
    assert counted["birch"].updates_kept == 1


def test_what_is_not_judged_yet_counts_for_nothing() -> None:
    pending = promised(30, None, state=PromiseState.AT_RISK)
    assert kept_promises([pending], known_at=KNOWN) == {}


def client(**due: Any) -> AudienceClient:
    return AudienceClient(
        client_key="acme",
        client_revision=1,
        plan_key="gold",
        severity_entry=Severity.SEV1,
        systems=("mail-eu",),
        because="-",
        **due,
    )


def states(status: Status, *rows: Promised, now: datetime = KNOWN, **due: Any) -> list[Any]:
    found = with_pending(rows, [client(**due)], incident_id="i", status=status, now=now)
    return [(one.promise, one.state, one.due_at) for one in found]


def test_what_escalation_has_not_spoken_of_yet_is_pending() -> None:
    due = {"first_notice_due": after(10), "next_update_due": after(40)}
    assert states(Status.INVESTIGATING, **due) == [
        (Promise.FIRST_NOTICE, PromiseState.PENDING, after(10)),
        (Promise.UPDATE, PromiseState.PENDING, after(40)),
    ]


def test_what_it_has_judged_is_not_pending_beside_it() -> None:
    first = promised(10, 6, what=Promise.FIRST_NOTICE)
    risk = promised(40, None, state=PromiseState.AT_RISK)
    due = {"first_notice_due": after(10), "next_update_due": after(40)}
    assert [state for _, state, _ in states(Status.IDENTIFIED, first, risk, **due)] == [
        PromiseState.KEPT,
        PromiseState.AT_RISK,
    ]


def test_once_it_is_over_only_the_closing_note_is_owed() -> None:
    due = {
        "first_notice_due": after(10),
        "next_update_due": after(40),
        "closure_due": after(2880),
    }
    owed = [(Promise.CLOSURE, PromiseState.PENDING, after(2880))]
    assert states(Status.RESOLVED, **due) == owed
    assert states(Status.CLOSED, **due) == []
    assert states(Status.CANCELLED, **due) == []


def test_a_moment_that_passed_without_a_judgement_says_who_is_silent() -> None:
    (one,) = with_pending(
        [],
        [client(first_notice_due=after(10))],
        incident_id="i",
        status=Status.INVESTIGATING,
        now=after(12),
    )
    assert (one.state, one.reason) == (PromiseState.PENDING, UNJUDGED)
