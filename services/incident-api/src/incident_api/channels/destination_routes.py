"""Destinations that a client adds itself: they count once somebody confirmed them there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError
from tocsin_contracts.events import DestinationAdded
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection, lock_subject
from tocsin_runtime.ids import uuid7

from incident_api.auth.dependencies import Administers, Reads
from incident_api.channels import destinations_store as store
from incident_api.channels.bodies import NewDestination
from incident_api.channels.model import AddedDestination
from incident_api.channels.people import contact_in
from incident_api.channels.publishing import publish
from incident_api.channels.rules import ADDABLE, FIELD_OF, unfit_for_texts
from incident_api.directory.entries import ContactEntry
from incident_api.directory.fields import Email, Phone, SlackId
from incident_api.directory.store import read_snapshot
from incident_api.directory.writer import WithWriter
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, invalid
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/clients/{client_key}/contacts/{key}/destinations", tags=["channels"])

VALID = timedelta(days=7)
MOST_WAITING = 5
"""Asking strangers is not to become a way to bother them."""

_WRITTEN: dict[Channel, TypeAdapter[str]] = {
    Channel.EMAIL: TypeAdapter(Email),
    Channel.SMS: TypeAdapter(Phone),
    Channel.SLACK: TypeAdapter(SlackId),
}


@router.get("", summary="What was added for this contact, newest first")
async def list_destinations(
    client_key: str, key: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    now = parts.clock.now()
    async with parts.database.connection() as conn:
        contact_in(await read_snapshot(conn), client_key, key)
        rows = await store.newest_first(
            conn,
            client_key,
            key,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=lambda one: _shown(one, now), position=lambda one: (one.id,))


@router.post("", status_code=202, summary="Ask there whether messages are wanted")
async def add_destination(
    client_key: str,
    key: str,
    body: NewDestination,
    actor: Administers,
    once: WithOnce,
    writer: WithWriter,
) -> Response:
    """It counts from the moment somebody opens the link there and presses Confirm.

    Whoever asks for it can take a contact's messages to a mailbox of their own, as whoever writes
    the contact can: it needs the same scope.
    """

    async def effect(conn: Connection) -> Answer:
        now = once.parts.clock.now()
        contact = contact_in(await read_snapshot(conn), client_key, key)
        address = _written(body, contact)
        await _check_waiting(conn, client_key, key, now)
        added = AddedDestination(
            id=uuid7(),
            client_key=client_key,
            person=key,
            channel=body.channel,
            address=address,
            added_by=actor.label,
            added_at=now,
            expires_at=now + VALID,
        )
        await store.add(conn, added)
        await publish(conn, once.parts, _event(added, writer.seal(address)), client_key)
        return Answer(202, _shown(added, now))

    return await once.run(actor.key_id, effect)


def _written(body: NewDestination, contact: ContactEntry) -> str:
    """The address in its one written form. Raises 422 for what cannot be asked there."""
    adapter = _WRITTEN.get(body.channel)
    if adapter is None:
        raise invalid(
            "/channel",
            f"A destination for {body.channel} cannot be confirmed by a link; it can be for"
            f" {', '.join(ADDABLE)}. Your provider sets the others.",
        )
    try:
        address = adapter.validate_python(body.address)
    except ValidationError as fault:
        said = fault.errors()[0]["msg"].removeprefix("Value error, ")
        raise invalid("/address", said) from None
    if body.channel is Channel.SMS and (why := unfit_for_texts(address)):
        raise invalid("/address", why)
    if getattr(contact, FIELD_OF[body.channel]) == address:
        raise invalid("/address", f"'{contact.key}' is reached there already; nothing to confirm.")
    return address


async def _check_waiting(conn: Connection, client_key: str, person: str, now: datetime) -> None:
    """Held until the transaction ends: several that come at once are counted one by one."""
    await lock_subject(conn, f"destinations:{client_key}/{person}")
    expiries = await store.waiting(conn, client_key, person, now)
    if len(expiries) >= MOST_WAITING:
        first = min(expiries)
        raise Problem(
            "conflict",
            f"{len(expiries)} destinations of '{person}' wait for their confirmation already;"
            f" the first of them expires on {first:%Y-%m-%d at %H:%M} UTC.",
        )


def _event(added: AddedDestination, sealed: str) -> DestinationAdded:
    return DestinationAdded(
        destination_id=added.id,
        client_key=added.client_key,
        person=added.person,
        channel=Channel(added.channel),
        sealed=sealed,
        expires_at=added.expires_at,
    )


def _shown(one: AddedDestination, now: datetime) -> dict[str, Any]:
    return fields_shown(one) | {"status": one.status(now)}
