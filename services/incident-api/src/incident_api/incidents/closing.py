"""What happens after the resolve: the closing note, its meeting, its prevention items, the review.

Each changes a :class:`Recording`, or raises :class:`NotNow` where the state does not allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.incident import FollowUp, PreventionItem
from tocsin_contracts.words import Kind, Status

from incident_api.incidents.closure import PREVENTION, Closure, closure_of
from incident_api.incidents.lifecycle import NotNow, for_clients, permit, said
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command
from incident_api.promises.kept import kept_promises


def close(
    recording: Recording,
    *,
    root_cause: str,
    steps_taken: str,
    prevention: str | tuple[PreventionItem, ...],
    per_client: Mapping[str, str],
    follow_up: FollowUp | None,
) -> None:
    """The closing note: why it happened, what was done, what changes, what was promised."""
    permit(Command.CLOSE, recording.incident)
    recording.change(status=Status.CLOSED, closed_at=recording.now, root_cause=root_cause)
    aftermath = recording.aftermath
    body: dict[str, Any] = {
        "root_cause": root_cause,
        "steps_taken": steps_taken,
        "prevention": prevention,
        "per_client": dict(per_client),
        "follow_up": follow_up,
        "promises": kept_promises(aftermath.promises, known_at=recording.incident.known_at),
    }
    recording.tell(
        e.IncidentClosed,
        f"Closed{said(root_cause)}",
        kind=for_clients(recording, Kind.CLOSURE),
        shown=body,
        **body,
    )


def set_meeting(recording: Recording, wished: FollowUp, reason: str | None) -> FollowUp:
    """Sets or moves the meeting; the same again changes nothing. Returns it as it is now."""
    closure = _closed(recording, "given a meeting")
    before = closure.follow_up
    if before is not None and wished == before.model_copy(update={"sequence": wished.sequence}):
        return before
    now = wished.model_copy(update={"sequence": closure.meetings + 1})
    place = f"{now.starts_at:%Y-%m-%d %H:%M %Z}"
    _tell_meeting(recording, closure, now, f"Meeting set for {place}{said(reason)}", reason)
    return now


def call_off_meeting(recording: Recording, reason: str | None) -> bool:
    """Whether there was a meeting to call off."""
    closure = _closed(recording, "left without a meeting")
    if closure.follow_up is None:
        return False
    _tell_meeting(recording, closure, None, f"Meeting called off{said(reason)}", reason)
    return True


def _tell_meeting(
    recording: Recording, closure: Closure, now: FollowUp | None, text: str, reason: str | None
) -> None:
    recording.tell(
        e.FollowUpChanged,
        text,
        kind=for_clients(recording, Kind.CLOSURE),
        shown={"follow_up": now, "calendar_sequence": closure.meetings + 1, "reason": reason},
        follow_up=now,
        before=closure.follow_up,
        reason=reason,
    )


def tick_item(recording: Recording, number: int, *, done: bool) -> Closure | None:
    """Notes that prevention item ``number``, from 1, is done or is not; ``None``: no such item."""
    closure = _closed(recording, "ticked off")
    if not 1 <= number <= len(closure.items):
        return None
    one = closure.items[number - 1]
    if one.done != done:
        recording.note(
            PREVENTION,
            f"{'Done' if done else 'Not done after all'}: {one.item.what}",
            data={"item": number, "done": done},
        )
    return closure_of((*recording.aftermath.lines, *recording.lines))


def publish_review(recording: Recording, summary: str | None) -> int:
    """The review can be read; again later, when more of it is done. Returns its revision."""
    closure = _closed(recording, "reviewed")
    revision = closure.revision + 1
    recording.tell(
        e.ReviewPublished,
        f"Review published, revision {revision}{said(summary)}",
        kind=for_clients(recording, Kind.REVIEW),
        shown={"revision": revision, "summary": summary},
        revision=revision,
        summary=summary,
        open_items=closure.open_items,
        items=len(closure.items),
    )
    return revision


def _closed(recording: Recording, done: str) -> Closure:
    """The closing note. Raises :class:`NotNow` while there is none."""
    incident = recording.incident
    closure = closure_of(recording.aftermath.lines)
    if incident.status is not Status.CLOSED or closure is None:
        raise NotNow(
            f"{incident.ref} cannot be {done}: it is not closed;"
            f" POST /v1/incidents/{incident.ref}/close comes first."
        )
    return closure
