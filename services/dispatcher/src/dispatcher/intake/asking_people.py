"""Somebody has to see to it: a client's budget is used up, or no channel reaches a reader."""

from __future__ import annotations

from tocsin_contracts.words import DeliveryState
from tocsin_runtime.ids import uuid7
from tocsin_runtime.timers import Timer

from dispatcher.delivery.asking_people import BUDGET, Told
from dispatcher.intake.batch import Batch
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.staff_notes import (
    NOC,
    Cause,
    account_manager_or_noc,
    fact,
    plan_note,
)


def tell(batch: Batch, timer: Timer) -> None:
    """The NOC decides on money, the account manager knows another way to the reader."""
    said, view, now = timer.payload, batch.view, batch.terms.now
    client = view.clients.get(said["client_key"])
    name = client.name if client else said["client_key"]
    known = batch.known.get(timer.subject)
    incident = known.snapshot if known else None
    if timer.kind == BUDGET:
        to, text = NOC, over_budget(said["reason"], name)
    else:
        to = account_manager_or_noc(view, client)
        text = out_of_reach(said["name"], name, said["reason"])
    cause = Cause(uuid7(), now, timer.subject)
    plan_note(batch.ledger, view, batch.terms, to, fact(view, text, incident, now), cause)


def never_reached(ledger: Ledger) -> list[Told]:
    """Rows that were skipped when they were planned: perhaps there is no address at all."""
    return [
        Told(
            row.message.incident_id, row.message.client_key, row.target.person, row.message.cause_id
        )
        for row in ledger.new_rows()
        if row.state is DeliveryState.SKIPPED and row.message.client_key is not None
    ]


def over_budget(reason: str, client: str) -> str:
    """``The budget of 20 text messages an hour for ACME is used up. …``"""
    what = reason.partition(";")[0]
    return (
        f"{what[:1].upper()}{what[1:]}. What is above it waits until there is room again; who of"
        f" {client} has to hear at once can be sent their message from the outage's page."
    )


def out_of_reach(name: str, client: str, reason: str) -> str:
    return (
        f"{name}, {client}, can be reached on no channel ({reason})."
        " Please reach them another way, and note that you did."
    )
