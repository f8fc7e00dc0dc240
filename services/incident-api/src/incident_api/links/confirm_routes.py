"""``/confirm/{token}``: a reader says that they have it, or asks. GET shows, POST acts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse
from tocsin_contracts.events import IncidentReceiptConfirmed
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection

from incident_api.conversations import receipts_store
from incident_api.conversations import store as conversations
from incident_api.conversations.asking import Asked, ask, storable
from incident_api.conversations.confirming import confirm
from incident_api.conversations.placing import place_of
from incident_api.conversations.rules import MOST_OPEN, contact_of, open_of
from incident_api.directory.called import as_called
from incident_api.directory.store import read_snapshot
from incident_api.incidents import store as incidents
from incident_api.links.answering import answered
from incident_api.links.confirm import confirm_page, fault_of, systems_of
from incident_api.links.last_told import last_told, to_call
from incident_api.links.reading import Reading
from incident_api.links.rendering import HEADERS, page
from incident_api.links.routes import WithKeys
from incident_api.links.tokens import CONFIRM, Link, LinkRefused
from incident_api.web.parts import Parts, WithParts

router = APIRouter(prefix="/confirm", tags=["links"])

TOO_MANY = "too_many"
GONE = "There is nothing to confirm here any more. Your contact at the service desk can help."


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="The page of a notice: where it stands, confirm, ask")
async def show_confirm(token: str, parts: WithParts, keys: WithKeys) -> Response:
    async def shown(conn: Connection) -> Response:
        link = keys.read(token, purpose=CONFIRM, now=parts.clock.now())
        return page("confirm.html", page=confirm_page(await _reading(conn, parts, link)))

    return await answered(parts, shown)


@router.post("/{token}", summary="Confirm that it was read, or ask", status_code=303)
async def answer_confirm(
    token: str,
    request: Request,
    parts: WithParts,
    keys: WithKeys,
    action: Annotated[str, FormField()] = "",
    text: Annotated[str, FormField()] = "",
) -> Response:
    async def done(conn: Connection) -> Response:
        link = keys.read(token, purpose=CONFIRM, now=parts.clock.now())
        reading = await _reading(conn, parts, link)
        if action == "confirm":
            await _confirm(conn, parts, link, reading)
        elif action == "ask":
            said = storable(text.replace("\r\n", "\n"))
            wrong = fault_of(said) or await _ask(conn, parts, link, reading, said)
            if wrong:
                status = 429 if wrong == TOO_MANY else 422
                return page(
                    "confirm.html", status, page=confirm_page(reading, text=said, wrong=wrong)
                )
        else:
            return page("confirm.html", 422, page=confirm_page(reading, text=text, wrong="unknown"))
        return RedirectResponse(request.url.path, 303, HEADERS)

    return await answered(parts, done)


async def _reading(conn: Connection, parts: Parts, link: Link) -> Reading:
    """Raises :class:`LinkRefused` for whoever is no reader of this incident (any more)."""
    incident = await incidents.find(conn, link.incident_id)
    if incident is None or len(link.client_keys) != 1:
        raise LinkRefused(GONE)
    (client_key,) = link.client_keys
    snapshot = await read_snapshot(conn)
    view = snapshot.view
    client = view.clients.get(client_key)
    contact = contact_of(client, link.person)
    told = await place_of(conn, incident, client_key)
    if client is None or contact is None or told is None:
        raise LinkRefused(GONE)
    conversation = await conversations.find_of(conn, incident.id, client_key)
    messages = await conversations.messages(conn, conversation.id) if conversation else []
    return Reading(
        incident=incident,
        view=view,
        client=client,
        told=told,
        contact=contact,
        systems=as_called(view, client, systems_of(told)),
        confirmed_at=await receipts_store.confirmed_at(conn, incident.id, client_key, contact.key),
        messages=tuple(messages),
        last=await last_told(conn, incident.id, client_key),
        call=await to_call(conn, snapshot, incident, client),
        now=parts.clock.now(),
    )


async def _confirm(conn: Connection, parts: Parts, link: Link, reading: Reading) -> None:
    """Pressed twice, it is said once."""
    await confirm(
        conn,
        parts,
        IncidentReceiptConfirmed(
            incident_id=reading.incident.id,
            client_key=reading.client.key,
            person=reading.contact.key,
            person_name=reading.contact.name,
            source=QuestionSource.LINK,
            delivery_id=link.id,
            confirmed_at=parts.clock.now(),
        ),
    )


async def _ask(conn: Connection, parts: Parts, link: Link, reading: Reading, text: str) -> str:
    """The key of what stands against it, if anything does.

    The same words sent twice, while they wait for an answer, are one question. The conversation is
    held before it is read: two requests at once would both find nothing.
    """
    now, person = parts.clock.now(), reading.contact.key
    held = await conversations.lock_of(conn, reading.incident.id, reading.client.key, opened_at=now)
    waiting = open_of(await conversations.messages(conn, held), person)
    if any(one.text == text for one in waiting):
        return ""
    if len(waiting) >= MOST_OPEN:
        return TOO_MANY
    asked = Asked(
        person=person,
        sender=reading.contact.name,
        source=QuestionSource.LINK,
        text=text,
        at=now,
        actor=f"contact:{person}",
        delivery_id=link.id,
    )
    await ask(conn, parts, reading.incident, reading.told, asked)
    return ""
