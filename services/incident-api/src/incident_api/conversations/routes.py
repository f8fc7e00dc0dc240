"""``/v1/conversations``: what clients ask, and a person's answer to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection

from incident_api.auth.actor import Actor
from incident_api.auth.dependencies import Operates, Reads
from incident_api.conversations import rules, store
from incident_api.conversations.answering import Answering, answer
from incident_api.conversations.asking import Asked, ask
from incident_api.conversations.bodies import NewAnswer, NewQuestion
from incident_api.conversations.model import Conversation, ConversationStatus
from incident_api.conversations.placing import told_in
from incident_api.conversations.shown import conversation_shown, whole_shown
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents.checks import check_contact
from incident_api.timeline.finding import known_incident
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.listed import Listed, listed
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem, invalid, not_found

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])
asking_router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["conversations"])


@router.get("", summary="Conversations, newest first")
async def list_conversations(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    incident: Annotated[str | None, Query(max_length=63, description="id or reference")] = None,
    client: Annotated[str | None, Query(max_length=63)] = None,
    status: Listed = None,
) -> dict[str, Any]:
    wanted = listed(ConversationStatus, status, "status")
    async with parts.database.connection() as conn:
        rows = await store.newest_first(
            conn,
            incident_id=None if incident is None else await known_incident(conn, incident),
            client_key=client,
            is_open=_one_of_two(wanted),
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=conversation_shown, position=lambda one: (one.id,))


def _one_of_two(wanted: tuple[StrEnum, ...]) -> bool | None:
    return wanted[0] is ConversationStatus.OPEN if len(set(wanted)) == 1 else None


@router.get("/{conversation_id}", summary="Everything that was asked and answered, oldest first")
async def get_conversation(conversation_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        found = await store.find(conn, conversation_id)
        if found is None:
            raise not_found("conversation", conversation_id)
        return await _whole(conn, found)


@router.post(
    "/{conversation_id}/answers",
    status_code=201,
    summary="Answer what is open; it goes back where it was asked",
)
async def answer_conversation(
    conversation_id: str, body: NewAnswer, actor: Operates, once: WithOnce
) -> Response:
    """``left_open`` says whose questions are not answered by it, unless they are named."""

    async def effect(conn: Connection) -> Answer:
        found = await store.lock(conn, conversation_id)
        if found is None:
            raise not_found("conversation", conversation_id)
        said = await _answering(conn, once.parts, found, body, actor)
        try:
            await answer(conn, once.parts, found, said)
        except rules.NotPossible as refusal:
            raise _problem(refusal) from refusal
        return Answer(201, await _whole_by_id(conn, found.id))

    return await once.run(actor.key_id, effect)


@asking_router.post("/questions", status_code=201, summary="Write down what a client asked")
async def ask_question(
    incident_id: str, body: NewQuestion, actor: Operates, once: WithOnce
) -> Response:
    """Asked on the telephone, say: it is clocked and answered as any other."""

    async def effect(conn: Connection) -> Answer:
        incident, told = await told_in(conn, incident_id, body.client_key)
        view = await read_view(conn)
        if body.contact is not None:
            check_contact(view, body.client_key, body.contact)
        asked = _asked(view, once.parts, body, actor)
        question = await ask(conn, once.parts, incident, told, asked)
        assert question is not None  # noqa: S101 — only a reply can be known already
        return Answer(201, await _whole_by_id(conn, question.conversation_id))

    return await once.run(actor.key_id, effect)


def _asked(view: DirectoryView, parts: Parts, body: NewQuestion, actor: Actor) -> Asked:
    client = view.clients.get(body.client_key)
    return Asked(
        person=body.contact,
        sender=f"somebody at {client.name if client else body.client_key}",
        source=QuestionSource.PHONE,
        text=body.text,
        at=parts.clock.now(),
        actor=actor.label,
    )


async def _answering(
    conn: Connection, parts: Parts, found: Conversation, body: NewAnswer, actor: Actor
) -> Answering:
    by = None
    if body.person is not None:
        by = _member(await read_view(conn), found.client_key, body.person)
    return Answering(
        text=body.text,
        at=parts.clock.now(),
        actor=actor.label,
        by=by,
        person=body.person,
        question_ids=body.question_ids,
    )


def _member(view: DirectoryView, client_key: str, person: str) -> str:
    client = view.clients.get(client_key)
    team = view.teams.get(client.account_team or "") if client else None
    names = {one.key: one.name for one in team.everyone()} if team else {}
    if person not in names:
        known = ", ".join(sorted(names)) or "nobody yet"
        raise invalid(
            "/person",
            f"'{person}' does not belong to this client's account team; it has: {known}."
            " Left out, the service desk answers.",
        )
    return names[person]


async def _whole_by_id(conn: Connection, conversation_id: str) -> dict[str, Any]:
    found = await store.find(conn, conversation_id)
    assert found is not None  # noqa: S101 — it was written in this transaction
    return await _whole(conn, found)


async def _whole(conn: Connection, found: Conversation) -> dict[str, Any]:
    messages = await store.messages(conn, found.id)
    sent = await store.sent_of(conn, [one.event_id for one in messages if one.event_id])
    return whole_shown(found, messages, sent)


def _problem(refusal: rules.NotPossible) -> Problem:
    if refusal.pointer is None:
        return Problem("conflict", str(refusal))
    return invalid(refusal.pointer, str(refusal))
