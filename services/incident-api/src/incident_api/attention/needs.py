"""Where to look for what waits for a person, and what is said of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.approvals import store as approvals_store
from incident_api.attention import store
from incident_api.attention.model import Need
from incident_api.conversations import replies_store
from incident_api.conversations import store as conversations_store
from incident_api.conversations.rules import excerpt
from incident_api.duty.troubles import duty_troubles
from incident_api.incidents import holds_store
from incident_api.incidents.model import Incident
from incident_api.maintenance import store as maintenance_store
from incident_api.web.shown import plain

Source = Callable[[Connection], Awaitable[list[Need]]]


async def _drafts(conn: Connection) -> list[Need]:
    dropped = await holds_store.oldest_drafts(conn, store.MOST)
    return [
        Need(
            "draft",
            one.incident_id,
            one.ended_at or one.created_at,
            f"{one.reason} What {one.actor} had written was not sent: write it anew, and put the"
            f" draft away with DELETE /v1/holds/{one.id}.",
            {"hold_id": one.id, "act": one.act, "body": one.body, "actor": one.actor},
        )
        for one in dropped
    ]


async def _unspoken(conn: Connection) -> list[Need]:
    return [_unrouted(i) if not i.routed else _internal(i) for i in await store.unspoken(conn)]


def _unrouted(incident: Incident) -> Need:
    return Need(
        "unrouted",
        incident.id,
        incident.known_at,
        f"{incident.ref} names no system or client of the directory, so no client is told; PATCH"
        " its system_keys or client_keys.",
    )


def _internal(incident: Incident) -> Need:
    call = f"POST /v1/incidents/{incident.ref}/publish tells them"
    if incident.holding_notice_at is not None:
        at = f"{incident.holding_notice_at:%H:%M}"
        detail = f"Clients have heard since {at} UTC only that {incident.ref} is checked; {call}."
    elif incident.publish_at is not None:
        detail = f"{incident.ref} publishes itself at {incident.publish_at:%H:%M} UTC; {call} now."
    elif incident.holding_due_at is not None:
        at = f"{incident.holding_due_at:%H:%M}"
        detail = f"No client knows of {incident.ref}; a holding notice goes at {at} UTC; {call}."
    else:
        detail = f"No client knows of {incident.ref}, and no holding notice is due; {call}."
    return Need("internal", incident.id, incident.known_at, detail)


async def _orphans(conn: Connection) -> list[Need]:
    return [
        Need(
            "left_open",
            one.id,
            one.since,
            f"{one.ref} is still open though {one.parent_ref}, which speaks for it, is"
            f" {one.parent_status}: resolve it, or POST /v1/incidents/{one.ref}/parent with"
            ' "incident_id": null so that it speaks for itself.',
        )
        for one in await store.orphans(conn)
    ]


async def _waiting(conn: Connection) -> list[Need]:
    return [
        Need("client_waiting", one.incident_id, one.since, one.text, {"client_key": one.client_key})
        for one in await store.waiting_clients(conn)
    ]


async def _approvals(conn: Connection) -> list[Need]:
    open_ones = await approvals_store.oldest_waiting(conn, store.MOST)
    return [
        Need(
            "approval",
            one.incident_id,
            one.requested_at,
            f"The message to {one.client_key} waits for a yes of {one.approver_name} until"
            f" {one.decide_by:%H:%M} UTC.",
            {"approval_id": one.id, "decide_by": plain(one.decide_by)},
        )
        for one in open_ones
    ]


async def _questions(conn: Connection) -> list[Need]:
    """One for each conversation in which something waits; the one due first at the front."""
    return [
        Need(
            "question",
            one.incident_id,
            one.waiting_since or one.opened_at,
            f"{_open(one.open_questions)} of {one.client_key} on {one.ref}"
            f" {_due(one.open_questions, one.answer_due)};"
            f" POST /v1/conversations/{one.id}/answers answers.",
            {
                "conversation_id": one.id,
                "client_key": one.client_key,
                "open_questions": one.open_questions,
                "answer_due": plain(one.answer_due),
            },
        )
        for one in await conversations_store.oldest_open(conn, store.MOST)
    ]


def _open(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def _due(count: int, answer_due: datetime | None) -> str:
    waits = "waits" if count == 1 else "wait"
    by = f" by {answer_due:%H:%M} UTC" if answer_due else ""
    return f"{waits} for an answer{by}"


async def _unreached(conn: Connection) -> list[Need]:
    return [
        Need(
            "unreachable",
            one.incident_id,
            one.since,
            f"{one.text} Or call them, and log it with POST"
            f" /v1/incidents/{one.incident_id}/contacts-made.",
            {"client_key": one.client_key, "person": one.person},
        )
        for one in await store.unreached(conn)
    ]


async def _replies(conn: Connection) -> list[Need]:
    """Strangers' words, and others that belong to no conversation."""
    return [
        Need(
            "reply",
            one.incident_id or "",
            one.at,
            f'{one.why} "{excerpt(one.text)}" Put it away with DELETE /v1/replies/{one.id}, or make'
            f" it a client's question with POST /v1/replies/{one.id}/assign.",
            {
                "reply_id": one.id,
                "sender": one.sender,
                "client_key": one.client_key,
                "text": one.text,
            },
        )
        for one in await replies_store.oldest_waiting(conn, store.MOST)
    ]


async def _overruns(conn: Connection) -> list[Need]:
    """Clients have heard that it takes longer, and wait for a new end."""
    return [
        Need(
            "overrun",
            one.id,
            one.ends_at,
            f"{one.ref} should have ended at {one.ends_at:%H:%M} UTC: end it with POST"
            f" /v1/maintenance-windows/{one.ref}/end, or PATCH its ends_at to tell the new one.",
            {"maintenance_window": {"id": one.id, "ref": one.ref, "title": one.title}},
        )
        for one in await maintenance_store.overrunning(conn)
    ]


async def _duty_calendars(conn: Connection) -> list[Need]:
    return [
        Need("duty_calendar", "", one.since, one.detail, {"team_key": one.team_key})
        for one in await duty_troubles(conn)
    ]


SOURCES: tuple[Source, ...] = (
    _drafts,
    _waiting,
    _approvals,
    _questions,
    _replies,
    _unreached,
    _unspoken,
    _orphans,
    _overruns,
    _duty_calendars,
)
