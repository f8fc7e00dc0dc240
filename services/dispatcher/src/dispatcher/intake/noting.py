"""A reader wishes for less: their account manager hears of it."""

from __future__ import annotations

from tocsin_contracts.words import Channel
from tocsin_runtime.ids import uuid7
from tocsin_runtime.timers import Timer

from dispatcher.intake.batch import Batch
from dispatcher.planning.reader_notes import wishes_for_less
from dispatcher.planning.staff_notes import Cause, account_manager_or_noc, fact, plan_note


def wished(batch: Batch, timer: Timer) -> None:
    said, view, now = timer.payload, batch.view, batch.terms.now
    key = said["client_key"]
    client = view.clients.get(key)
    known = batch.known.get(timer.subject)
    name = _name(batch, key, said["person"])
    channel = Channel(said["channel"])
    text = wishes_for_less(name, client.short_name if client else key, channel)
    notice = fact(view, text, known.snapshot if known else None, now)
    to = account_manager_or_noc(view, client)
    plan_note(batch.ledger, view, batch.terms, to, notice, Cause(uuid7(), now, timer.subject))


def _name(batch: Batch, client_key: str, person: str) -> str:
    """As their client's list of contacts has it; the address book may hold none any more."""
    client = batch.view.clients.get(client_key)
    contacts = {one.key: one.name for one in client.contacts} if client else {}
    reached = batch.view.person(client_key, person)
    return contacts.get(person) or (reached.name if reached and reached.name else person)
