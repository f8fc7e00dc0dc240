"""A client's stakeholder has read a message: said by link, by key, by text or by button."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts.events import IncidentReceiptConfirmed
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.conversations import receipts_store
from incident_api.conversations.asking import SOURCE
from incident_api.conversations.model import Receipt
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines
from incident_api.web.parts import Parts

HOW = {
    QuestionSource.EMAIL: "by email",
    QuestionSource.SMS: "by text message",
    QuestionSource.VOICE: "by a key on the telephone",
    QuestionSource.SLACK: "by a button in Slack",
    QuestionSource.TEAMS: "in Teams",
    QuestionSource.PORTAL: "in the portal",
    QuestionSource.LINK: "by the link in the message",
    QuestionSource.PHONE: "by telephone",
}


async def confirm(conn: Connection, parts: Parts, said: IncidentReceiptConfirmed) -> bool:
    """Record and publish it; false where this message was confirmed before."""
    event = new_event(said, source=SOURCE, subject=said.incident_id, now=parts.clock.now())
    if not await note_confirmed(conn, said, event.id):
        return False
    await parts.outbox.add(conn, [event])
    return True


async def note_confirmed(conn: Connection, said: IncidentReceiptConfirmed, event_id: str) -> bool:
    """Whether it is news. The line holds no name, which goes when the person is erased."""
    if not await receipts_store.add(conn, _receipt(said, said.confirmed_at)):
        return False
    await add_lines(conn, [_line(said, event_id)])
    return True


def _receipt(said: IncidentReceiptConfirmed, at: datetime) -> Receipt:
    return Receipt(
        id=uuid7(),
        incident_id=said.incident_id,
        client_key=said.client_key,
        person=said.person,
        person_name=said.person_name,
        source=said.source,
        delivery_id=said.delivery_id,
        confirmed_at=at,
    )


def _line(said: IncidentReceiptConfirmed, event_id: str) -> Line:
    return Line(
        id=uuid7(),
        incident_id=said.incident_id,
        sequence=0,
        at=said.confirmed_at,
        type="receipt_confirmed",
        actor=f"contact:{said.person}",
        text=f"A reader at {said.client_key} has it: confirmed {HOW[said.source]}.",
        event_id=event_id,
        data={
            "client_keys": [said.client_key],
            "person": said.person,
            "delivery_id": said.delivery_id,
        },
    )
