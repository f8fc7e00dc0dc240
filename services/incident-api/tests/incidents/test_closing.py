"""After the fix: the closing note, its meeting, what changes, and the review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from incident_api.intake.handlers import handle
from tocsin_contracts import events as e
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import Promise
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration

NOTE: dict[str, Any] = {
    "root_cause": "A storage controller failed.",
    "steps_taken": "We moved all mailboxes.",
    "prevention": [
        {"what": "Software brought level", "due": "done"},
        {"what": "Take-over tested every month", "who": "Eva Lang", "due": "2026-12-01"},
    ],
}
REF = "INC-1001"


async def resolved(desk: Any) -> dict[str, Any]:
    incident: dict[str, Any] = await desk.opens()
    desk.clock.advance(hours=5)
    await desk.posts(f"{REF}/resolve", {"message": "It works again."})
    desk.clock.advance(hours=1)
    return incident


async def closed(desk: Any, **more: Any) -> dict[str, Any]:
    incident = await resolved(desk)
    answer = await desk.posts(f"{REF}/close", {**NOTE, **more})
    assert answer.status_code == 200, answer.text
    return incident


def meeting(desk: Any, *, days: int = 3, **more: Any) -> dict[str, Any]:
    starts_at = (desk.clock.now() + timedelta(days=days)).isoformat()
    return {
        "starts_at": starts_at,
        "duration_minutes": 30,
        "location": "https://meet.nordlicht.example/mail",
        "organizer_email": "ann@nordlicht.example",
        **more,
    }


async def puts_meeting(desk: Any, body: dict[str, Any]) -> Any:
    return await desk.api.put(f"/v1/incidents/{REF}/follow-up", body, key="operate")


async def last_event(desk: Any) -> dict[str, Any]:
    events: list[dict[str, Any]] = await desk.events()
    return events[-1]


def judged(snapshot: IncidentSnapshot, promise: Promise, due: int, done: int) -> e.PromiseEvent:
    """Minutes after it was known; as escalation's clock says it."""
    about: dict[str, Any] = {
        "incident": snapshot,
        "client_keys": ("acme",),
        "at": snapshot.known_at + timedelta(minutes=max(due, done)),
        "promise": promise,
        "due_at": snapshot.known_at + timedelta(minutes=due),
        "done_at": snapshot.known_at + timedelta(minutes=done),
    }
    if done <= due:
        return e.PromiseKept(**about)
    return e.PromiseBreached(**about, reason="no update was written")


async def test_the_closing_note_says_what_was_promised_and_kept(desk: Any) -> None:
    await resolved(desk)
    snapshot = IncidentSnapshot.model_validate((await desk.events())[0]["data"]["incident"])
    said = [
        judged(snapshot, Promise.FIRST_NOTICE, due=10, done=6),
        judged(snapshot, Promise.UPDATE, due=40, done=38),
        judged(snapshot, Promise.UPDATE, due=70, done=74),
    ]
    async with desk.api.database.transaction() as conn:
        events = [
            new_event(data, source="escalation", subject=snapshot.id, now=data.at) for data in said
        ]
        await handle(conn, events)
    await desk.posts(f"{REF}/close", NOTE)
    assert (await last_event(desk))["data"]["promises"] == {
        "acme": {
            "first_within_minutes": 10,
            "first_after_minutes": 6,
            "updates_promised": 2,
            "updates_kept": 1,
            "latest_by_minutes": 4,
        }
    }


async def test_prevention_items_keep_their_owner_and_date(desk: Any) -> None:
    await closed(desk)
    event = await last_event(desk)
    assert event["type"] == "tocsin.incident.closed.v1"
    assert event["data"]["prevention"][1] == {
        "what": "Take-over tested every month",
        "who": "Eva Lang",
        "due": "2026-12-01",
    }


async def test_a_day_that_is_not_in_the_calendar_is_refused(desk: Any) -> None:
    await resolved(desk)
    answer = await desk.posts(
        f"{REF}/close", {**NOTE, "prevention": [{"what": "Test", "due": "2026-02-30"}]}
    )
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/prevention/0/due"
    assert "no day of the calendar" in error["detail"]


async def test_a_meeting_in_the_past_is_refused_and_nothing_is_closed(desk: Any) -> None:
    await resolved(desk)
    answer = await desk.posts(f"{REF}/close", {**NOTE, "follow_up": meeting(desk, days=-1)})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/follow_up/starts_at"
    assert (await desk.reads(f"/{REF}"))["status"] == "resolved"


async def test_a_meeting_is_set_moved_and_called_off_each_counted_as_a_change(desk: Any) -> None:
    await closed(desk, follow_up=meeting(desk))
    assert (await last_event(desk))["data"]["follow_up"]["sequence"] == 0

    moved = await puts_meeting(desk, meeting(desk, days=4, reason="Jo is away on Friday"))
    assert (moved.status_code, moved.json()["sequence"]) == (200, 1)
    event = await last_event(desk)
    assert event["type"] == "tocsin.incident.follow_up_changed.v1"
    assert event["data"]["kind"] == "closure"
    assert event["data"]["before"]["sequence"] == 0
    assert event["data"]["reason"] == "Jo is away on Friday"

    gone = await desk.api.delete(
        f"/v1/incidents/{REF}/follow-up?reason=all%20is%20said", key="operate"
    )
    assert gone.status_code == 204
    event = await last_event(desk)
    assert event["data"]["follow_up"] is None
    assert event["data"]["before"]["sequence"] == 1
    again = await desk.api.delete(f"/v1/incidents/{REF}/follow-up", key="operate")
    assert again.status_code == 404

    renewed = await puts_meeting(desk, meeting(desk, days=9))
    assert renewed.json()["sequence"] == 3  # calling it off was the second change


async def test_the_same_meeting_again_changes_nothing(desk: Any) -> None:
    call = meeting(desk)
    await closed(desk, follow_up=call)
    before = len(await desk.events())
    assert (await puts_meeting(desk, call)).status_code == 200
    assert len(await desk.events()) == before


async def test_no_meeting_before_the_close_nor_in_the_past(desk: Any) -> None:
    await resolved(desk)
    early = await puts_meeting(desk, meeting(desk))
    assert early.status_code == 409
    assert "POST /v1/incidents/INC-1001/close comes first" in early.json()["detail"]
    await desk.posts(f"{REF}/close", NOTE)
    past = await puts_meeting(desk, meeting(desk, days=-1))
    assert past.status_code == 422


async def test_the_review_counts_its_revisions_and_says_what_is_still_open(desk: Any) -> None:
    await closed(desk)
    first = await desk.posts(f"{REF}/review", {"summary": "A controller and its backup failed."})
    assert first.json()["revision"] == 1
    event = await last_event(desk)
    assert event["data"]["kind"] == "review"
    assert [item["what"] for item in event["data"]["open_items"]] == [
        "Take-over tested every month"
    ]
    assert event["data"]["items"] == 2

    ticked = await desk.posts(f"{REF}/prevention/2", {"done": True})
    assert [item["done"] for item in ticked.json()["items"]] == [True, True]
    await desk.posts(f"{REF}/review")
    event = await last_event(desk)
    assert (event["data"]["revision"], event["data"]["open_items"]) == (2, [])


async def test_what_is_not_in_the_note_cannot_be_ticked_off(desk: Any) -> None:
    await closed(desk)
    assert (await desk.posts(f"{REF}/prevention/3", {"done": True})).status_code == 404
    assert (await desk.posts(f"{REF}/prevention/0", {"done": True})).status_code == 404


async def test_a_review_of_what_is_not_closed_names_the_call_that_comes_first(desk: Any) -> None:
    await resolved(desk)
    refused = await desk.posts(f"{REF}/review")
    assert refused.status_code == 409
    assert "close comes first" in refused.json()["detail"]


async def test_a_moved_meeting_is_held_and_bound_to_its_preview_as_any_other_word(
    desk: Any,
) -> None:
    await closed(desk)
    before = len(await desk.events())
    meeting = {
        "starts_at": "2026-11-27T10:00:00+01:00",
        "duration_minutes": 45,
        "location": "Room 2",
        "organizer_email": "ann@nordlicht.example",
    }
    path = f"/v1/incidents/{REF}/follow-up"
    other = {**meeting, "audience_digest": "of somebody else"}
    assert (await desk.api.put(path, other, key="operate")).status_code == 409
    held = await desk.api.put(path, {**meeting, "hold_seconds": 30}, key="operate")
    assert held.status_code == 202, held.text
    assert len(await desk.events()) == before
    desk.clock.advance(seconds=30)
    await desk.api.fire_due()
    assert (await desk.told())[-1] == ("follow_up_changed", "closure")
