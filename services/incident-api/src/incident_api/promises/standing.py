"""Promises whose moment is still to come, as the audience holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Promise, PromiseState, Status

from incident_api.promises.model import Promised

JUDGED_WITHIN = timedelta(minutes=1)
UNJUDGED = "its moment has passed, and the escalation service has not said what became of it"


def with_pending(
    promised: Iterable[Promised],
    audience: Iterable[AudienceClient],
    *,
    incident_id: str,
    status: Status,
    now: datetime,
) -> list[Promised]:
    """What escalation judged, and what it has not spoken of yet, in the order of their moments.

    An incident that is over owes nothing but its closing note; once closed or cancelled, nothing.
    """
    judged = list(promised)
    known = {(one.client_key, one.promise, one.due_at) for one in judged}
    first_told = {one.client_key for one in judged if one.promise is Promise.FIRST_NOTICE}
    pending = [
        _pending(incident_id, client.client_key, promise, due, now)
        for client in audience
        for promise, due in _owed(client, status)
        if (client.client_key, promise, due) not in known
        and not (promise is Promise.FIRST_NOTICE and client.client_key in first_told)
    ]
    return sorted([*judged, *pending], key=lambda one: (one.client_key, one.due_at, one.promise))


def _owed(client: AudienceClient, status: Status) -> Iterator[tuple[Promise, datetime]]:
    if status.is_open and client.first_notice_due is not None:
        yield Promise.FIRST_NOTICE, client.first_notice_due
    if status.is_open and client.next_update_due is not None:
        yield Promise.UPDATE, client.next_update_due
    if status is Status.RESOLVED and client.closure_due is not None:
        yield Promise.CLOSURE, client.closure_due


def _pending(
    incident_id: str, client_key: str, promise: Promise, due_at: datetime, now: datetime
) -> Promised:
    return Promised(
        incident_id=incident_id,
        client_key=client_key,
        promise=promise,
        due_at=due_at,
        state=PromiseState.PENDING,
        changed_at=now,
        reason=UNJUDGED if due_at + JUDGED_WITHIN < now else None,
    )
