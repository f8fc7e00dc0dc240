"""``/approve/{token}``: whoever was asked reads the text and decides. GET shows, POST acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from tocsin_contracts.words import Decision
from tocsin_runtime.database import Connection

from incident_api.approvals import store
from incident_api.approvals.deciding import Answer, decide
from incident_api.approvals.model import Approval
from incident_api.approvals.rules import NotPossible
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents import store as incidents
from incident_api.links.answering import answered
from incident_api.links.approve import ApprovePage, Subject, approve_page
from incident_api.links.rendering import HEADERS, page
from incident_api.links.routes import WithKeys
from incident_api.links.tokens import APPROVE, Link, LinkRefused
from incident_api.maintenance import store as maintenance
from incident_api.web.parts import WithParts

router = APIRouter(prefix="/approve", tags=["links"])

NOT_HERE = "What this link asks about is not known here. Wait a moment and open it again."
NO_ANSWER = "Press Approve or Refuse."
LONGEST_REASON = 2_000


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="The text that waits for a yes, as it will be sent")
async def show_approval(token: str, parts: WithParts, keys: WithKeys) -> Response:
    async def shown(conn: Connection) -> Response:
        link = keys.read(token, purpose=APPROVE, now=parts.clock.now())
        _, showing = await _asked(conn, link)
        return page("approve.html", page=showing)

    return await answered(parts, shown)


@router.post("/{token}", summary="Approve exactly this text, or refuse it", status_code=303)
async def answer_approval(
    token: str,
    request: Request,
    parts: WithParts,
    keys: WithKeys,
    decision: Annotated[str, Form()] = "",
    content_sha256: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    async def done(conn: Connection) -> Response:
        link = keys.read(token, purpose=APPROVE, now=parts.clock.now())
        approval, showing = await _asked(conn, link)
        if decision not in set(Decision):
            return page("approve.html", 422, page=replace(showing, wrong=NO_ANSWER))
        view = await read_view(conn)
        answer = _answer(link, approval, view, decision, content_sha256, reason)
        try:
            await decide(conn, parts, approval, answer)
        except NotPossible as refusal:
            return page("approve.html", 409, page=replace(showing, wrong=str(refusal)))
        return RedirectResponse(request.url.path, 303, HEADERS)

    return await answered(parts, done)


async def _asked(conn: Connection, link: Link) -> tuple[Approval, ApprovePage]:
    """The approval, locked, and its page."""
    approval = await store.lock(conn, link.about or "")
    about = await _subject(conn, link.incident_id)
    if approval is None or about is None or approval.incident_id != link.incident_id:
        raise LinkRefused(NOT_HERE)
    return approval, approve_page(approval, about, await read_view(conn))


async def _subject(conn: Connection, subject_id: str) -> Subject | None:
    incident = await incidents.find(conn, subject_id)
    if incident is not None:
        path = f"/v1/incidents/{incident.ref}"
        return Subject(incident.ref, incident.title, f"PATCH {path}, POST {path}/updates")
    window = await maintenance.find(conn, subject_id)
    if window is None:
        return None
    return Subject(window.ref, window.title, f"PATCH /v1/maintenance-windows/{window.ref}")


def _answer(
    link: Link,
    approval: Approval,
    view: DirectoryView,
    decision: str,
    content_sha256: str,
    reason: str,
) -> Answer:
    return Answer(
        decision=Decision(decision),
        content_sha256=content_sha256,
        by=_name(link.person, approval, view),
        actor=f"link:{link.person}",
        reason=reason.replace("\x00", "").strip()[:LONGEST_REASON] or None,
    )


def _name(person: str, approval: Approval, view: DirectoryView) -> str:
    if person == approval.approver:
        return approval.approver_name
    members = (m for team in view.teams.values() for m in team.everyone())
    return next((member.name for member in members if member.key == person), person)
