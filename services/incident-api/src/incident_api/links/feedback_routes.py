"""``/feedback/{token}``: how well a reader felt informed. GET shows, POST records.

One answer a person and incident; a second one replaces the first.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse
from tocsin_contracts.events import FeedbackGiven
from tocsin_contracts.words import Rating
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.directory.called import as_called
from incident_api.directory.store import read_view
from incident_api.incidents import store as incidents
from incident_api.links.feedback import Asked, Form, checked, feedback_page
from incident_api.links.rendering import HEADERS, page
from incident_api.links.routes import SOURCE, WithKeys
from incident_api.links.tokens import FEEDBACK, Link, LinkRefused
from incident_api.text_direction import settled
from incident_api.timeline import feedback_store as store
from incident_api.timeline.feedback import Feedback
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines
from incident_api.web.parts import Parts, WithParts

router = APIRouter(prefix="/feedback", tags=["links"])

GONE = "We do not ask about this outage any more. Your contact at the service desk can help."


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="Ask a reader how well they felt informed")
async def show_feedback(
    token: str,
    parts: WithParts,
    keys: WithKeys,
    rating: Annotated[str, Query(max_length=20, description="preselects an answer")] = "",
) -> Response:
    try:
        link = keys.read(token, purpose=FEEDBACK, now=parts.clock.now())
        async with parts.database.connection() as conn:
            asked = await _asked(conn, link)
    except LinkRefused as refused:
        return page("refused.html", 410, reason=str(refused))
    return page("feedback.html", page=feedback_page(asked, Form(rating)))


@router.post("/{token}", summary="Say how well you felt informed", status_code=303)
async def give_feedback(
    token: str,
    request: Request,
    parts: WithParts,
    keys: WithKeys,
    rating: Annotated[str, FormField()] = "",
    text: Annotated[str, FormField()] = "",
) -> Response:
    form = checked(Form(rating, _readable(text)))
    try:
        async with parts.database.transaction() as conn:
            link = keys.read(token, purpose=FEEDBACK, now=parts.clock.now())
            asked = await _asked(conn, link)
            if form.wrong or form.chosen is None:
                return page("feedback.html", 422, page=feedback_page(asked, form))
            await _record(conn, parts, asked, form.chosen, form.text)
    except LinkRefused as refused:
        return page("refused.html", 410, reason=str(refused))
    return RedirectResponse(request.url.path, 303, HEADERS)


def _readable(text: str) -> str:
    return settled(text.replace("\x00", "").replace("\r\n", "\n")).strip()


async def _asked(conn: Connection, link: Link) -> Asked:
    """Raises :class:`LinkRefused` for whoever is no reader of this incident."""
    incident = await incidents.find(conn, link.incident_id)
    view = await read_view(conn)
    if incident is None or len(link.client_keys) != 1:
        raise LinkRefused(GONE)
    client = view.clients.get(link.client_keys[0])
    audience = await incidents.read_audience(conn, incident.id)
    own = next((one for one in audience if client and one.client_key == client.key), None)
    if client is None or own is None:
        raise LinkRefused(GONE)
    before = await store.find(conn, incident.id, client.key, link.person)
    systems = as_called(view, client, own.systems)
    return Asked(incident, view, client, link.person, systems, before)


async def _record(conn: Connection, parts: Parts, asked: Asked, rating: Rating, text: str) -> None:
    """The account manager reads it; the same once more is not told again."""
    now, incident, client = parts.clock.now(), asked.incident, asked.client
    given = Feedback(incident.id, client.key, asked.person, rating, text or None, now)
    if not await store.put(conn, given):
        return
    event = new_event(
        FeedbackGiven(
            incident_id=incident.id,
            incident_ref=incident.ref,
            client_key=client.key,
            person=asked.person,
            person_name=asked.contact.name if asked.contact else asked.person,
            rating=rating,
            text=given.text,
            at=now,
        ),
        source=SOURCE,
        subject=incident.id,
        now=now,
    )
    await parts.outbox.add(conn, [event])
    await add_lines(conn, [_line(asked, given, event.id)])


def _line(asked: Asked, given: Feedback, event_id: str) -> Line:
    """Without the person's name and words, which go when the person is erased."""
    again = " (changed)" if asked.before is not None else ""
    return Line(
        id=uuid7(),
        incident_id=given.incident_id,
        sequence=asked.incident.sequence,
        at=given.given_at,
        type="feedback_given",
        actor=f"contact:{given.person}",
        text=f"A reader at {asked.client.name} felt informed: {given.rating}{again}.",
        event_id=event_id,
        data={"client_keys": [given.client_key], "person": given.person, "rating": given.rating},
    )
