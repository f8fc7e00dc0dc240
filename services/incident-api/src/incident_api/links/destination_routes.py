"""``/destination/{token}``: whether messages are wanted at this address. GET shows, POST confirms.

The link came to that very address, so whoever presses the button can read there.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection

from incident_api.channels import destinations_store as store
from incident_api.channels.model import AddedDestination, DestinationStatus
from incident_api.channels.preferring import destination_set
from incident_api.channels.rules import FIELD_OF
from incident_api.directory.document import CLIENT
from incident_api.directory.entries import ClientEntry, ContactEntry
from incident_api.directory.store import read_snapshot
from incident_api.directory.writer import WithWriter
from incident_api.links.answering import answered
from incident_api.links.destination import DestinationPage, destination_page
from incident_api.links.rendering import HEADERS, page
from incident_api.links.routes import WithKeys
from incident_api.links.tokens import DESTINATION, EXPIRED, Link, LinkRefused
from incident_api.web.parts import Parts, WithParts

router = APIRouter(prefix="/destination", tags=["links"])

GONE = "There is nothing to confirm here any more; nothing is sent to this address."


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="Ask whether messages are wanted at this address")
async def show_destination(token: str, parts: WithParts, keys: WithKeys) -> Response:
    async def shown(conn: Connection) -> Response:
        link = keys.read(token, purpose=DESTINATION, now=parts.clock.now())
        return page("destination.html", page=_page(*await _asked(conn, parts, link)))

    return await answered(parts, shown)


@router.post("/{token}", summary="Messages are wanted here", status_code=303)
async def confirm_destination(
    token: str, request: Request, parts: WithParts, keys: WithKeys, writer: WithWriter
) -> Response:
    """The directory changes, as if the provider had written the address there."""

    async def done(conn: Connection) -> Response:
        now = parts.clock.now()
        link = keys.read(token, purpose=DESTINATION, now=now)
        added, *_ = await _asked(conn, parts, link)
        if added.confirmed_at is None and added.address is not None:
            change = destination_set(
                added.client_key, added.person, FIELD_OF[Channel(added.channel)], added.address
            )
            reader = (added.client_key, added.person)
            actor = f"contact:{added.client_key}/{added.person} (added by {added.added_by})"
            await writer.apply(conn, change, actor=actor, readers=[reader])
            await store.confirm(conn, added.id, now)
        return RedirectResponse(request.url.path, 303, HEADERS)

    return await answered(parts, done)


async def _asked(
    conn: Connection, parts: Parts, link: Link
) -> tuple[AddedDestination, ClientEntry, ContactEntry, str]:
    """Raises :class:`LinkRefused` for what has expired, and for whoever is gone."""
    added = await store.lock(conn, link.about or "")
    if added is None or added.person != link.person:
        raise LinkRefused(GONE)
    if added.status(parts.clock.now()) is DestinationStatus.EXPIRED or added.address is None:
        raise LinkRefused(EXPIRED)
    snapshot = await read_snapshot(conn)
    client = snapshot.entries.get((CLIENT.name, added.client_key))
    contacts = client.contacts if isinstance(client, ClientEntry) else ()
    contact = next((one for one in contacts if one.key == added.person), None)
    if not isinstance(client, ClientEntry) or contact is None:
        raise LinkRefused(GONE)
    return added, client, contact, snapshot.view.provider.name


def _page(
    added: AddedDestination, client: ClientEntry, contact: ContactEntry, provider: str
) -> DestinationPage:
    return destination_page(
        client,
        contact,
        added.address or "",
        before=getattr(contact, FIELD_OF[Channel(added.channel)]),
        confirmed=added.confirmed_at is not None,
        provider=provider,
    )
