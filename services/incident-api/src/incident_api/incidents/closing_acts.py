"""What the calls after the resolve do that tell clients something."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_contracts.incident import FollowUp

from incident_api.directory.view import DirectoryView
from incident_api.incidents import closing
from incident_api.incidents.acting import Act, Writing
from incident_api.incidents.checks import check_later, check_told
from incident_api.incidents.closing_bodies import Close, MovedMeeting, NewReview
from incident_api.incidents.linking import refuse_open_children
from incident_api.incidents.recording import Recording
from incident_api.web.idempotency import Answer


def _close(body: Close) -> Act:
    def act(recording: Recording, _view: DirectoryView) -> None:
        refuse_open_children(recording)
        check_told(recording, {key: f"/per_client/{key}" for key in body.per_client})
        if body.follow_up is not None:
            check_later(body.follow_up.starts_at, recording.now, "/follow_up/starts_at")
        follow_up = None if body.follow_up is None else body.follow_up.follow_up()
        _close_one(recording, body, per_client=body.per_client, follow_up=follow_up)
        # They were the same outage, so the same note ends them; nobody is told of them.
        for child in recording.family.children:
            _close_one(child, body, per_client={}, follow_up=None)

    return act


def _close_one(
    recording: Recording,
    body: Close,
    *,
    per_client: Mapping[str, str],
    follow_up: FollowUp | None,
) -> None:
    closing.close(
        recording,
        root_cause=body.root_cause,
        steps_taken=body.steps_taken,
        prevention=body.prevented(),
        per_client=per_client,
        follow_up=follow_up,
    )


def _meet(body: MovedMeeting) -> Act:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        check_later(body.starts_at, recording.now, "/starts_at")
        meeting = closing.set_meeting(recording, body.follow_up(), body.reason)
        return Answer(200, meeting.model_dump(mode="json"))

    return act


def _review(body: NewReview) -> Act:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        revision = closing.publish_review(recording, body.summary)
        shown = {
            "incident_id": recording.incident.id,
            "revision": revision,
            "summary": body.summary,
        }
        return Answer(200, shown)

    return act


CLOSE = Writing("close", Close, _close, family=True)
FOLLOW_UP = Writing("follow_up", MovedMeeting, _meet)
REVIEW = Writing("review", NewReview, _review)
