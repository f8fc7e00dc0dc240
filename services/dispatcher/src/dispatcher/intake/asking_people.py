"""Somebody has to see to it: a client's budget is used up, or no channel reaches a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from tocsin_contracts.words import Channel, DeliveryState
from tocsin_runtime.ids import uuid7
from tocsin_runtime.timers import Timer

from dispatcher.delivery.asking_people import BUDGET, UNTOLD, Told
from dispatcher.directory.addresses import UNREADABLE
from dispatcher.intake.batch import Batch
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.staff_notes import (
    NOC,
    Cause,
    account_manager_or_noc,
    fact,
    plan_note,
)

LONGEST_REASONS = 160


def tell(batch: Batch, timer: Timer) -> None:
    """The NOC decides on money, the account manager knows another way to the reader."""
    said, view, now = timer.payload, batch.view, batch.terms.now
    client = view.clients.get(said["client_key"])
    name = client.name if client else said["client_key"]
    known = batch.known.get(timer.subject)
    incident = known.snapshot if known else None
    if timer.kind == BUDGET:
        to, text = NOC, over_budget(said["reason"], name)
    elif timer.kind == UNTOLD:
        to = account_manager_or_noc(view, client)
        text = untold(said["name"], name, said["reason"], said["answer"] or "")
    else:
        to = account_manager_or_noc(view, client)
        text = out_of_reach(said["name"], name, said["reason"], _left(batch, said))
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


def out_of_reach(name: str, client: str, reason: str, left: Sequence[Channel] = ()) -> str:
    """What is to be done comes first, since a text message ends early; ``left`` are channels on
    which nothing was tried."""
    names = " or ".join(channel.value for channel in left)
    by = f" by {names}" if left else ""
    way = f"Send it again{by} from the outage's page, or call." if left else "Please call."
    tried = shorten(reason, LONGEST_REASONS, placeholder=" ...")
    return f"{name}, {client}, can be reached on no channel. {way} Tried: {tried}."


def untold(name: str, client: str, reason: str, answer: str) -> str:
    tried = shorten(reason, LONGEST_REASONS, placeholder=" ...")
    words = shorten(answer, LONGEST_REASONS, placeholder=" ...")
    return (
        f"{name}, {client}, could not be told your answer ({tried})."
        f' Please tell them another way: "{words}"'
    )


def _left(batch: Batch, said: Mapping[str, Any]) -> list[Channel]:
    """Where the reader has an address and nothing was sent."""
    person = batch.view.person(said["client_key"], said.get("person", ""))
    labels = person.labels if person else {}
    return [
        channel
        for channel in batch.terms.channels
        if channel is not Channel.WEBHOOK
        and labels.get(channel, UNREADABLE) != UNREADABLE
        and channel not in said.get("tried", ())
    ]
