"""``/review/{token}``: one reader's copy of the review, as a page or as PDF.

It may be read as often as its reader likes, until it expires.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from incident_api.documents.answering import Document, as_pdf
from incident_api.documents.html import HEADERS, as_html
from incident_api.incidents import store as incidents
from incident_api.links.rendering import page
from incident_api.links.routes import WithKeys
from incident_api.links.tokens import REVIEW, Link, LinkRefused
from incident_api.reviews.documents import client_document
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem

router = APIRouter(prefix="/review", tags=["links"])

GONE = "There is no review at this address any more. Your contact at the service desk can help."


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="The review of an outage, for the client it was written for")
async def show_review(
    token: str,
    request: Request,
    parts: WithParts,
    keys: WithKeys,
    wish: Annotated[str | None, Query(alias="format", max_length=10)] = None,
) -> Response:
    try:
        link = keys.read(token, purpose=REVIEW, now=parts.clock.now())
        document = await _document(parts, link)
    except LinkRefused as refused:
        return page("refused.html", 410, reason=str(refused))
    if wish == "pdf":
        return await _pdf(document, request)
    return HTMLResponse(as_html(document.page, pdf_link="?format=pdf"), headers=HEADERS)


async def _pdf(document: Document, request: Request) -> Response:
    """A reader who cannot have it as PDF gets the page, which prints as well."""
    try:
        return await as_pdf(document, request)
    except Problem:
        return RedirectResponse(request.url.path, 303, HEADERS)


async def _document(parts: Parts, link: Link) -> Document:
    """Raises :class:`LinkRefused` for whoever is no reader of this incident."""
    async with parts.database.connection() as conn:
        incident = await incidents.find(conn, link.incident_id)
        if incident is None or len(link.client_keys) != 1:
            raise LinkRefused(GONE)
        (client_key,) = link.client_keys
        document = await client_document(conn, incident, client_key, parts, person=link.person)
    if document is None:
        raise LinkRefused(GONE)
    return document
