"""A client's contacts, one at a time. They are part of the client's entry, and share its ETag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Administers, Reads
from incident_api.directory.document import CLIENT, shown
from incident_api.directory.entries import ClientEntry, ContactEntry
from incident_api.directory.planning import Wanted
from incident_api.directory.references import path_of
from incident_api.directory.request_body import body_schema, read_body
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.directory.writer import WithWriter
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found

router = APIRouter(prefix="/v1/clients/{client_key}/contacts", tags=["directory"])

Contacts = tuple[ContactEntry, ...]


def client_of(snapshot: Snapshot, key: str) -> ClientEntry:
    entry = snapshot.entries.get((CLIENT.name, key))
    if not isinstance(entry, ClientEntry):
        raise not_found(CLIENT.words, key)
    return entry


def contact_of(client: ClientEntry, key: str) -> ContactEntry:
    for contact in client.contacts:
        if contact.key == key:
            return contact
    raise not_found(f"contact of '{client.key}'", key)


class ChangeContacts:
    """Replaces the contacts of one client by what ``change`` makes of them.

    Faults are shown relative to the contact with the key ``contact``.
    """

    def __init__(
        self,
        request: Request,
        client: str,
        contact: str,
        change: Callable[[ClientEntry], Contacts],
    ) -> None:
        self._request = request
        self._id = (CLIENT.name, client)
        self._contact = contact
        self._change = change
        self.existed = False
        self.revision_before = 0

    def __call__(self, before: Snapshot) -> Wanted:
        client = client_of(before, self._id[1])
        self.existed = any(c.key == self._contact for c in client.contacts)
        self.revision_before = before.revisions[self._id].changed
        check_if_match(self._request, self.revision_before)
        changed = client.model_copy(update={"contacts": self._change(client)})
        return Wanted({**before.entries, self._id: changed}, path_of)


@router.get("", summary="A client's contacts")
async def list_contacts(client_key: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        client = client_of(await read_snapshot(conn), client_key)
    return {"items": [shown(contact) for contact in client.contacts], "next_cursor": None}


@router.get("/{key}", summary="One contact, secrets masked")
async def read_contact(client_key: str, key: str, _actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        snapshot = await read_snapshot(conn)
    contact = contact_of(client_of(snapshot, client_key), key)
    revision = snapshot.revisions[CLIENT.name, client_key].changed
    return JSONResponse(shown(contact), headers={"ETag": etag(revision)})


@router.put(
    "/{key}", summary="Make or replace one contact", openapi_extra=body_schema(ContactEntry)
)
async def put_contact(
    client_key: str,
    key: str,
    request: Request,
    actor: Administers,
    parts: WithParts,
    writer: WithWriter,
) -> Response:
    contact = await read_body(request, ContactEntry, key=key)
    change = ChangeContacts(request, client_key, key, lambda client: _with(client, contact))
    async with parts.database.transaction() as conn:
        applied = await writer.apply(conn, change, actor=actor.label)
    entry_id = (CLIENT.name, client_key)
    client: Any = applied.entries[entry_id]
    revision = applied.revision_of(entry_id, change.revision_before)
    status = 200 if change.existed else 201
    return JSONResponse(shown(contact_of(client, key)), status, {"ETag": etag(revision)})


@router.delete("/{key}", status_code=204, summary="Remove one contact")
async def delete_contact(
    client_key: str,
    key: str,
    request: Request,
    actor: Administers,
    parts: WithParts,
    writer: WithWriter,
) -> Response:
    change = ChangeContacts(request, client_key, key, lambda client: _without(client, key))
    async with parts.database.transaction() as conn:
        await writer.apply(conn, change, actor=actor.label)
    return Response(status_code=204)


@router.post("/{key}/erase", status_code=204, summary="Erase one person, here and everywhere")
async def erase_contact(
    client_key: str,
    key: str,
    request: Request,
    actor: Administers,
    once: WithOnce,
    writer: WithWriter,
) -> Response:
    """Names in what was sent are blanked, here and by the dispatcher; addresses go as removed."""
    change = ChangeContacts(request, client_key, key, lambda client: _without(client, key))

    async def effect(conn: Connection) -> Answer:
        applied = await writer.apply(conn, change, actor=actor.label)
        await writer.forget(conn, client_key, key, applied.revision)
        return Answer(204)

    return await once.run(actor.key_id, effect)


def _with(client: ClientEntry, contact: ContactEntry) -> Contacts:
    """In its place, or as the last."""
    others = [contact if c.key == contact.key else c for c in client.contacts]
    return tuple(others if contact in others else [*others, contact])


def _without(client: ClientEntry, key: str) -> Contacts:
    contact_of(client, key)
    return tuple(c for c in client.contacts if c.key != key)
