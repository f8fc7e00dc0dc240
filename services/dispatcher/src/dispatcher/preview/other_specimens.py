"""Examples that are told in place of a first notice: a question and its answers, a digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events.replies import SOURCE_OF
from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.words import DeliveryState, Kind, QuestionSource
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from dispatcher.intake.batch import Batch
from dispatcher.planning.clients import entry_of
from dispatcher.planning.digest import Waiting, digest_of
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery
from dispatcher.planning.staff_notes import Cause, account_manager_or_noc, plan_note
from dispatcher.preview.asking import Asked
from dispatcher.preview.trying import tell
from dispatcher.rendering.facts import QuestionFacts
from dispatcher.rendering.notice import Notice

IN_PLACE = frozenset({Kind.QUESTION_RECEIVED, Kind.AUTO_ANSWER, Kind.ANSWERED, Kind.DIGEST})
SAMPLE_QUESTION = "Is archived mail safe?"
SAMPLE_ANSWER = "Yes. Archived mail is on other storage and was not touched."


def tell_in_place(batch: Batch, asked: Asked) -> None:
    """Plan first notices, and let what is asked for be told in their place."""
    rows = _first_notices(batch)
    told = batch.ledger
    batch.ledger = Ledger(incidents=told.incidents)
    if asked.kind is Kind.DIGEST:
        batch.ledger.add(_digests(batch, rows, asked))
    else:
        _converse(batch, asked, rows)


def _first_notices(batch: Batch) -> list[Delivery]:
    """Of every incident that is known, whoever was told of it."""
    tell(batch, [_opened(batch, one.snapshot, one.audience) for one in batch.known.values()])
    rows = batch.ledger.deliveries.values()
    return [row for row in rows if row.message.client_key and row.message.kind is Kind.INITIAL]


def _opened(
    batch: Batch, incident: IncidentSnapshot, audience: Audience | None
) -> Event[EventData]:
    audience = audience or Audience(version=0, clients=())
    data = e.IncidentOpened(
        incident=incident,
        audience_version=audience.version,
        actor="preview",
        kind=Kind.INITIAL,
        audience=audience,
    )
    sequence = batch.known[incident.id].sequence + 1
    now = batch.terms.now
    return new_event(data, source="preview", subject=incident.id, now=now, sequence=sequence)


def _converse(batch: Batch, asked: Asked, rows: Sequence[Delivery]) -> None:
    row = _asker(rows, asked.words)
    if row is None:
        return
    about = _question(batch, asked, row)
    notice = row.message.notice.model_copy(
        update={"id": uuid7(), "kind": asked.kind, "question": about}
    )
    if asked.kind is not Kind.QUESTION_RECEIVED:
        batch.ledger.add([_instead(row, notice)])
        return
    client = batch.view.clients.get(row.message.client_key or "")
    cause = Cause(row.message.cause_id, batch.terms.now, row.message.incident_id)
    notice = notice.model_copy(update={"client": None, "account_manager": None})
    to = account_manager_or_noc(batch.view, client)
    plan_note(batch.ledger, batch.view, batch.terms, to, notice, cause)


def _asker(rows: Sequence[Delivery], words: Mapping[str, Any]) -> Delivery | None:
    """Whoever asks: the contact that is named, else the first who would be told."""
    wanted = [
        row
        for row in rows
        if row.state is not DeliveryState.SKIPPED
        and words.get("client_key") in (None, row.message.client_key)
        and words.get("contact") in (None, row.target.person)
    ]
    return wanted[0] if wanted else None


def _question(batch: Batch, asked: Asked, row: Delivery) -> QuestionFacts:
    now, client = batch.terms.now, row.message.notice.client
    known = batch.known[row.message.incident_id].client(row.message.client_key or "")
    within = entry_of(batch.view, known).answer_within_minutes if known else None
    manager = row.message.notice.account_manager
    text = asked.words.get("text")
    return QuestionFacts(
        text=SAMPLE_QUESTION if asked.kind is Kind.ANSWERED or not text else text,
        asked_at=now,
        channel=SOURCE_OF.get(row.target.channel, QuestionSource.EMAIL),
        asker=row.target.person_name,
        asker_role=next(iter(row.target.roles), None),
        client=client.name if client else None,
        answer_by=now + timedelta(minutes=float(within)) if within else None,
        answer=(text or SAMPLE_ANSWER) if asked.kind is Kind.ANSWERED else None,
        answered_by=manager.name if manager and asked.kind is Kind.ANSWERED else None,
    )


def _instead(row: Delivery, notice: Notice) -> Delivery:
    message = replace(row.message, id=notice.id, kind=notice.kind, notice=notice)
    return replace(
        row,
        id=uuid7(),
        message=message,
        state=DeliveryState.PENDING,
        reason=None,
        limits=None,
        due_at=None,
        approval_id=None,
    )


def _digests(batch: Batch, rows: Sequence[Delivery], asked: Asked) -> list[Delivery]:
    """One for each destination at which this incident meets another one."""
    places: dict[tuple[str, ...], list[Delivery]] = defaultdict(list)
    for row in rows:
        if row.state is not DeliveryState.SKIPPED and row.stands_in is None:
            place = row.message.client_key or "", row.target.channel.value, row.target.destination
            places[place].append(row)
    incident_id = asked.incident.id if asked.incident else ""
    return [
        digest_of(_waiting(batch, mine), [_waiting(batch, one) for one in there], batch.terms.now)[
            0
        ]
        for there in places.values()
        if len({row.message.incident_id for row in there}) > 1
        for mine in there
        if mine.message.incident_id == incident_id
    ]


def _waiting(batch: Batch, row: Delivery) -> Waiting:
    message, target = row.message, row.target
    known = batch.known[message.incident_id]
    concerned = known.client(message.client_key or "")
    return Waiting(
        id=row.id,
        cause_id=message.cause_id,
        kind=message.kind,
        client_key=message.client_key or "",
        person=target.person,
        person_name=target.person_name,
        roles=target.roles,
        channel=target.channel,
        destination=target.destination,
        reader=target.reader,
        state=DeliveryState.WAITING,
        notice=message.notice,
        incident=known.snapshot,
        next_update_due=concerned.next_update_due if concerned else None,
        limits=row.limits,
    )
