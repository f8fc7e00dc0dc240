"""``/take/{token}``: an account manager answers a call. GET shows, POST acts.

Mail scanners open every link they find, so opening one must change nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from tocsin_contracts.events import IncidentStepAnswered
from tocsin_contracts.words import Verb
from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import new_event

from incident_api.directory.store import read_view
from incident_api.incidents import store as incidents
from incident_api.links import store
from incident_api.links.answer import Answer
from incident_api.links.answering import answered
from incident_api.links.rendering import HEADERS, page
from incident_api.links.take import TakePage, offered, take_page
from incident_api.links.tokens import TAKE, Link, LinkKeys, LinkRefused
from incident_api.timeline import escalations
from incident_api.web.parts import Parts, WithParts

router = APIRouter(prefix="/take", tags=["links"])

SOURCE = "incident-api"
GONE = "The incident of this link is not known here any more."
NO_ANSWER = "Choose one of the buttons; a hand-over needs a colleague of the same account team."


def keys_of(request: Request) -> LinkKeys:
    keys: LinkKeys = request.app.state.link_keys
    return keys


WithKeys = Annotated[LinkKeys, Depends(keys_of)]


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="The page of a call: what it is about")
async def show_take(token: str, parts: WithParts, keys: WithKeys) -> Response:
    async def shown(conn: Connection) -> Response:
        link = keys.read(token, purpose=TAKE, now=parts.clock.now())
        return page("take.html", page=await _page(conn, link))

    return await answered(parts, shown)


@router.post("/{token}", summary="Take it, pass it on, or hand it over", status_code=303)
async def answer_take(
    token: str,
    request: Request,
    parts: WithParts,
    keys: WithKeys,
    verb: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
) -> Response:
    async def done(conn: Connection) -> Response:
        now = parts.clock.now()
        link = keys.read(token, purpose=TAKE, now=now)
        showing = await _page(conn, link)
        if showing.over is not None:
            return page("take.html", 409, page=showing)
        chosen = offered(verb, to, showing)
        if chosen is None:
            return page("take.html", 422, page=replace(showing, wrong=NO_ANSWER))
        if chosen is Verb.HAND_OVER and showing.all_held:
            return page("take.html", 409, page=replace(showing, wrong=_theirs(showing)))
        answer = Answer(chosen, to if chosen is Verb.HAND_OVER else None, now)
        if await store.note(conn, link.id, link.incident_id, answer):
            await _publish(conn, parts, link, answer)
        return RedirectResponse(request.url.path, 303, HEADERS)

    return await answered(parts, done)


async def _page(conn: Connection, link: Link) -> TakePage:
    incident = await incidents.find(conn, link.incident_id)
    if incident is None:
        raise LinkRefused(GONE)
    client_keys = link.client_keys
    if not client_keys:
        audience = await incidents.read_audience(conn, incident.id)
        client_keys = tuple(client.client_key for client in audience)
    view = await read_view(conn)
    said = await store.newest(conn, link.id)
    chains = await escalations.of_incident(conn, incident.id)
    return take_page(link, incident, client_keys, view, said, chains)


def _theirs(showing: TakePage) -> str:
    return f"{' and '.join(showing.holders)} has it. Take it first if you mean to hand it over."


async def _publish(conn: Connection, parts: Parts, link: Link, answer: Answer) -> None:
    """The escalation service decides what comes of it."""
    data = IncidentStepAnswered(
        incident_id=link.incident_id,
        verb=answer.verb,
        person=link.person,
        client_keys=link.client_keys,
        to=answer.to_person,
        answered_at=answer.answered_at,
        by="link",
    )
    event = new_event(data, source=SOURCE, subject=link.incident_id, now=answer.answered_at)
    await parts.outbox.add(conn, [event])
