"""``POST /v1/preview``: who would be told what; nothing is sent, and nothing is kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from incident_api.auth.dependencies import Operates
from incident_api.forwarding.answering import answered
from incident_api.forwarding.dispatcher import Dispatcher
from incident_api.preview.bodies import Preview
from incident_api.preview.incidents import tried_on_incident
from incident_api.preview.tried import question
from incident_api.preview.windows import tried_on_window
from incident_api.web.parts import WithParts

router = APIRouter(prefix="/v1/preview", tags=["incidents"])
AWAY = (
    "dispatcher-away",
    "The dispatcher, which writes the messages, does not answer just now; ask again in a"
    " moment. What is sent meanwhile is not affected.",
)


async def _dispatcher(request: Request) -> Dispatcher:
    dispatcher: Dispatcher = request.app.state.dispatcher
    return dispatcher


WithDispatcher = Annotated[Dispatcher, Depends(_dispatcher)]


@router.post("", summary="Who would be told what, in which words, where and when")
async def preview(
    body: Preview, actor: Operates, parts: WithParts, dispatcher: WithDispatcher
) -> dict[str, Any]:
    """The answer's ``audience_digest`` binds the call that follows to whom this one showed."""
    tries = tried_on_window if body.kind.of_maintenance else tried_on_incident
    tried = await tries(parts, body, actor=actor.label)
    asked = question(body.kind, tried, body.update or {}, html=body.html)
    shown = await answered(dispatcher.preview(asked), *AWAY)
    return {**shown, "audience_digest": tried.digest}
