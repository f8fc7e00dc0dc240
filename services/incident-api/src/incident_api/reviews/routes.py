"""``GET /v1/incidents/{id}/report``: the post-incident review, internal or one client's copy."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from incident_api.auth.dependencies import Reads
from incident_api.documents.answering import answered, form_of
from incident_api.incidents import store
from incident_api.reviews.documents import client_document, internal_document
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, not_found

router = APIRouter(prefix="/v1/incidents", tags=["reports"])


@router.get("/{incident_id}/report", summary="The review: JSON, HTML or PDF, by Accept")
async def get_report(
    incident_id: str,
    request: Request,
    _actor: Reads,
    parts: WithParts,
    client: Annotated[
        str | None, Query(max_length=63, description="this client's copy; else the internal one")
    ] = None,
) -> Response:
    form = form_of(request)
    async with parts.database.connection() as conn:
        incident = await store.find(conn, incident_id)
        if incident is None:
            raise not_found("incident", incident_id)
        if client is None:
            document = await internal_document(conn, incident, parts)
        else:
            copy = await client_document(conn, incident, client, parts)
            if copy is None:
                raise Problem("not-found", f"'{client}' is not in the audience of {incident.ref}.")
            document = copy
    return await answered(document, form, request)
