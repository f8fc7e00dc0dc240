"""What is known by now of the incident that an escalation event speaks of."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event

from dispatcher.gating.model import Knowledge
from dispatcher.intake.batch import Batch
from dispatcher.intake.known import Known


def knowledge_of(batch: Batch, event: Event[e.EscalationEvent]) -> Knowledge:
    known = batch.known.get(event.subject)
    return Knowledge(
        parent=known.spoken_for_by if known else None,
        settled=known.settled_sequence if known else 0,
        acknowledged=known.acknowledged_sequence if known else 0,
        takes=batch.takes.get(event.subject, {}),
        courses=batch.courses.get(event.subject, {}),
        words_due=_words_due(known, event.data.incident.sequence),
    )


def _words_due(known: Known | None, sequence: int) -> dict[str, datetime | None]:
    """By when each client is promised its next word; nothing, where escalation knew more than we
    do: what is promised there has not arrived here yet."""
    if known is None or known.audience is None or known.sequence < sequence:
        return {}
    return {client.client_key: client.next_update_due for client in known.audience.clients}
