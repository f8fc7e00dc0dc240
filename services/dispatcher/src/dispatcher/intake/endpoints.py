"""A webhook's endpoint takes nothing: its owner is told before it is switched off, and when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin_runtime.ids import uuid7
from tocsin_runtime.timers import Timer

from dispatcher.directory.view import STAFF
from dispatcher.intake.batch import Batch
from dispatcher.planning.endpoint_notes import sentence
from dispatcher.planning.staff_notes import Cause, account_manager_or_noc, fact, plan_note


def trouble(batch: Batch, timer: Timer) -> None:
    """The account manager is told, whose the client is; of a colleague's webhook the NOC."""
    said, view, now = timer.payload, batch.view, batch.terms.now
    client = view.clients.get(said["client_key"] or "")
    person = view.people.get((said["client_key"] or STAFF, said["person"]))
    text = sentence(
        said["stage"],
        person.name if person else said["person"],
        client.name if client else None,
        datetime.fromisoformat(said["since"]),
        datetime.fromisoformat(said["ends"]),
        ZoneInfo(view.provider.timezone),
    )
    notice = fact(view, text, None, now)
    cause = Cause(uuid7(), now, timer.subject)
    to = account_manager_or_noc(view, client)
    plan_note(batch.ledger, view, batch.terms, to, notice, cause)
