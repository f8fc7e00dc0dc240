"""A document as it is answered: JSON, HTML or PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from incident_api.documents.html import HEADERS, as_html
from incident_api.documents.page import Page
from incident_api.documents.pdf import NotTypeset, Typesetter
from incident_api.web.accept import HTML, JSON, PDF, wanted
from incident_api.web.problem import Problem

FORMS = (JSON, HTML, PDF)
AGAIN = "The PDF could not be made just now; try again in a moment, or read it as HTML."


@dataclass(frozen=True)
class Document:
    """``values`` is the document as data, ``page`` the same in words; ``name`` is a file's."""

    values: dict[str, Any]
    page: Page
    name: str
    made_at: datetime


def typesetter_of(request: Request) -> Typesetter:
    found: Typesetter = request.app.state.typesetter
    return found


def form_of(request: Request) -> str:
    return wanted(request.headers.get("accept"), FORMS)


async def answered(document: Document, form: str, request: Request) -> Response:
    if form == PDF:
        return await as_pdf(document, request)
    if form == HTML:
        return HTMLResponse(as_html(document.page), headers=HEADERS)
    return JSONResponse(document.values, headers={"Vary": "Accept"})


async def as_pdf(document: Document, request: Request) -> Response:
    try:
        made = await typesetter_of(request).as_pdf(document.page, made_at=document.made_at)
    except NotTypeset as fault:
        raise Problem("not-typeset", AGAIN, headers={"Retry-After": "5"}) from fault
    headers = {
        "Content-Disposition": f'inline; filename="{document.name}"',
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(made, media_type=PDF, headers=headers)
