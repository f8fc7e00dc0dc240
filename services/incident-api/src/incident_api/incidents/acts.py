"""What each call does: its body in, a change of the incident out."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from tocsin_contracts.events import ContactMade
from tocsin_contracts.words import Status

from incident_api.directory.view import DirectoryView
from incident_api.incidents import (
    bodies,
    changing,
    correcting,
    holding_notice,
    lifecycle,
    linking,
    no_news,
)
from incident_api.incidents.acting import Act, Writing
from incident_api.incidents.checks import (
    check_contact,
    check_eta,
    check_later,
    check_occurred,
    check_past,
    check_references,
    check_told,
)
from incident_api.incidents.lifecycle import NotNow
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import status_wish
from incident_api.incidents.shown import update_shown
from incident_api.incidents.updates import Update
from incident_api.incidents.updating import Wording, write_update
from incident_api.web.etags import etag
from incident_api.web.idempotency import Answer
from incident_api.web.problem import invalid


def _patch(body: bodies.IncidentPatch) -> Act:
    def act(recording: Recording, view: DirectoryView) -> None:
        check_references(view, body.wanted())
        check_eta(body.eta, recording)
        changing.change_fields(recording, body.wanted(), view, notify=body.notify)
        linking.carry_over(recording, view)

    return act


def _publish(_body: bodies.Publish) -> Act:
    def act(recording: Recording, view: DirectoryView) -> None:
        linking.refuse_spoken_for(recording)
        lifecycle.publish(recording, view)

    return act


def _holding_notice(body: bodies.HoldingNotice) -> Act:
    def act(recording: Recording, view: DirectoryView) -> None:
        if body.action == "send":
            holding_notice.send(recording, view, body.reason)
        else:
            holding_notice.stop(recording, body.reason)

    return act


def _resolve(body: bodies.Resolve) -> Act:
    def act(recording: Recording, view: DirectoryView) -> None:
        check_past(body.resolved_at, recording.now, "/resolved_at")
        started = recording.incident.started_at
        if body.resolved_at is not None and body.resolved_at < started:
            raise invalid("/resolved_at", "This is before the incident started.")
        lifecycle.resolve(
            recording,
            view,
            message=body.message,
            checks=body.checks,
            resolved_at=body.resolved_at,
        )
        if body.children:
            for child in recording.family.open_children:
                because = f"with {recording.incident.ref}, which it is part of"
                lifecycle.resolve(child, view, because=because)

    return act


def _reopen(body: bodies.Reopen) -> Act:
    def act(recording: Recording, view: DirectoryView) -> None:
        lifecycle.reopen(recording, view, message=body.message)
        linking.part_from_what_is_over(recording, view)

    return act


def _cancel(body: bodies.Cancel) -> Act:
    def act(recording: Recording, _view: DirectoryView) -> None:
        lifecycle.cancel(recording, body.reason)
        if body.children:
            for child in recording.family.open_children:
                lifecycle.cancel(child, body.reason)

    return act


def _parent(body: bodies.Parent) -> Act:
    def act(recording: Recording, view: DirectoryView) -> None:
        if body.incident_id is None:
            linking.unlink(recording, view, body.reason)
        elif recording.family.wanted is not None:
            linking.link(recording, recording.family.wanted, view, body.reason)

    return act


def _update(body: bodies.NewUpdate) -> Act:
    def act(recording: Recording, view: DirectoryView) -> Answer:
        for_clients = enumerate(body.audience.client_keys or ())
        check_told(recording, {key: f"/audience/client_keys/{place}" for place, key in for_clients})
        check_later(body.next_update_at, recording.now, "/next_update_at")
        check_later(body.watch_until, recording.now, "/watch_until")
        check_eta(body.eta, recording)
        check_occurred(body.occurred_at, recording.incident, recording.now)
        return _written(write_update(recording, _wording(body, recording), view))

    return act


def _wording(body: bodies.NewUpdate, recording: Recording) -> Wording:
    sets: dict[str, Any] = body.sets()
    if body.status is not None:
        sets["status"] = _status(body.status, recording)
    return Wording(
        message=body.message,
        occurred_at=body.occurred_at or recording.now,
        sets=sets,
        progress=body.progress,
        watch_until=body.watch_until,
        client_keys=body.audience.client_keys,
        internal_only=body.audience.internal_only,
        next_update_at=body.next_update_at,
        notify=body.notify,
    )


def _status(wished: str, recording: Recording) -> Status:
    if wished not in tuple(Status):
        raise invalid("/status", "An update's status is investigating, identified or monitoring.")
    call = status_wish(wished)
    if call is not None:
        raise NotNow(
            f"An update cannot make {recording.incident.ref} {wished};"
            f" that is {call.replace('{id}', recording.incident.ref)}."
        )
    return Status(wished)


def _no_news(body: bodies.NoNews) -> Act:
    def act(recording: Recording, view: DirectoryView) -> Answer:
        check_later(body.next_update_at, recording.now, "/next_update_at")
        said = no_news.say_no_news(recording, view, body.message, body.next_update_at)
        return _written(said)

    return act


def _correct(body: bodies.Correct) -> Act:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        corrected = correcting.correct(recording, body.right, wrong=body.wrong, action=body.action)
        return Answer(201, update_shown(corrected), {"ETag": etag(corrected.revision)})

    return act


def contact_made(body: bodies.ContactMade) -> Act:
    """It is not held: nothing is sent."""

    def act(recording: Recording, view: DirectoryView) -> Answer:
        check_told(recording, {body.client_key: "/client_key"})
        check_contact(view, body.client_key, body.contact)
        check_past(body.at, recording.now, "/at")
        made = ContactMade(
            incident_id=recording.incident.id,
            client_key=body.client_key,
            person=body.contact,
            at=body.at or recording.now,
            note=body.note,
            actor=recording.actor,
        )
        at = f"{made.at.astimezone(UTC):%H:%M}"
        told = f"{body.contact} of {body.client_key} was told by telephone at {at} UTC"
        whom = {"client_keys": [body.client_key], "person": body.contact}
        recording.announce(made, f"{told}{lifecycle.said(body.note)}", shown=whom)
        return Answer(201, made.model_dump(mode="json"))

    return act


def _written(update: Update) -> Answer:
    return Answer(201, update_shown(update), {"ETag": etag(update.revision)})


PATCH = Writing("patch", bodies.IncidentPatch, _patch, family=True)
PUBLISH = Writing("publish", bodies.Publish, _publish)
HOLDING_NOTICE = Writing("holding_notice", bodies.HoldingNotice, _holding_notice)
RESOLVE = Writing("resolve", bodies.Resolve, _resolve, family=True)
REOPEN = Writing("reopen", bodies.Reopen, _reopen, family=True)
CANCEL = Writing("cancel", bodies.Cancel, _cancel, family=True)
PARENT = Writing(
    "parent", bodies.Parent, _parent, family=True, wanted=lambda body: body.incident_id
)
UPDATE = Writing("update", bodies.NewUpdate, _update)
NO_NEWS = Writing("no_news", bodies.NoNews, _no_news)
CORRECT = Writing("correct", bodies.Correct, _correct)
