"""What the dispatcher heard back from readers, into the conversations."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ReplyConfirmed, ReplyReceived
from tocsin_contracts.incident import AudienceClient
from tocsin_runtime.database import Connection

from incident_api.conversations import loose, store
from incident_api.conversations.answering import Answering, answer, note
from incident_api.conversations.asking import Asked, ask
from incident_api.conversations.confirming import note_confirmed
from incident_api.conversations.placing import place_of
from incident_api.conversations.rules import NotPossible, settled_by_reply, staff_name
from incident_api.directory.store import read_view
from incident_api.incidents import store as incidents
from incident_api.incidents.model import Incident
from incident_api.web.parts import Parts


class Heard:
    """The consumer's handler. ``publish`` false: state is built from the log, and nobody is told.

    A colleague's answer is then left with the loose replies: it cannot be known whether it went.
    """

    def __init__(self, parts: Parts, *, publish: bool = True) -> None:
        self._parts = parts
        self._publish = publish

    async def __call__(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        for event in events:
            if isinstance(event.data, ReplyReceived):
                await self.reply_received(conn, event.data)
            elif isinstance(event.data, ReplyConfirmed):
                await note_confirmed(conn, event.data, event.id)

    async def reply_received(self, conn: Connection, data: ReplyReceived) -> None:
        """A colleague's answer, a client's question, or what a person at the NOC must look at."""
        if await store.reply_is_known(conn, data.reply_id):
            return
        if data.staff_answers and self._publish and await self._answered(conn, data):
            return
        place = None if data.staff_answers else await self._place(conn, data)
        if place is None:
            await loose.keep(conn, data)
            return
        await ask(conn, self._parts, *place, _asked(data), publish=self._publish)

    async def _answered(self, conn: Connection, data: ReplyReceived) -> bool:
        """False where the question it answers is none of ours."""
        found = await store.conversation_of_question(conn, data.question_id)
        conversation = None if found is None else await store.lock(conn, found)
        if conversation is None:
            return False
        questions = await store.messages(conn, conversation.id)
        said = await _answering(conn, data, settled_by_reply(questions, data.question_id or ""))
        try:
            await answer(conn, self._parts, conversation, said)
        except NotPossible:
            await note(conn, conversation, said)
            await loose.keep_late_answer(conn, conversation, data)
        return True

    async def _place(
        self, conn: Connection, data: ReplyReceived
    ) -> tuple[Incident, AudienceClient] | None:
        """The incident and the client whose conversation it enters: where the outage is part of
        another one that concerns them too, that one's, which speaks for it and is clocked."""
        if data.incident_id is None or data.client_key is None:
            return None
        incident = await incidents.find(conn, data.incident_id)
        if incident is None:
            return None
        for one in (await _parent_of(conn, incident), incident):
            told = await place_of(conn, one, data.client_key) if one else None
            if one is not None and told is not None:
                return one, told
        return None


async def _parent_of(conn: Connection, incident: Incident) -> Incident | None:
    return await incidents.find(conn, incident.parent_id) if incident.parent_id else None


def _asked(data: ReplyReceived) -> Asked:
    return Asked(
        person=data.person,
        sender=data.sender,
        source=data.source,
        text=loose.words_of(data),
        at=data.at,
        actor=f"contact:{data.person}" if data.person else "system:dispatcher",
        subject=data.subject,
        reply_id=data.reply_id,
        delivery_id=data.delivery_id,
        attachments=data.attachments,
    )


async def _answering(
    conn: Connection, data: ReplyReceived, question_ids: tuple[str, ...]
) -> Answering:
    person = data.person or ""
    return Answering(
        text=loose.words_of(data),
        at=data.at,
        actor=f"person:{person}",
        source=data.source,
        by=staff_name(await read_view(conn), person),
        person=data.person,
        question_ids=question_ids,
        reply_id=data.reply_id,
    )
