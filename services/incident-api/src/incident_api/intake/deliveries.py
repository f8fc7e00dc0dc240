"""What the dispatcher said, as rows of our copy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin_contracts.events import NotificationPlanned, OutcomesRecorded

from incident_api.timeline.deliveries import Delivery


def planned_deliveries(data: NotificationPlanned, at: datetime) -> Iterable[Delivery]:
    for planned in data.deliveries:
        yield Delivery(
            id=planned.delivery_id,
            incident_id=data.incident_id,
            cause_id=data.cause_id,
            kind=data.kind,
            client_key=planned.client_key,
            person=planned.person,
            person_name=planned.person_name,
            roles=planned.roles,
            channel=planned.channel,
            state=planned.state,
            reason=planned.reason,
            because=planned.because,
            attempt=0,
            provider_id=None,
            planned_at=at,
            changed_at=at,
        )


def outcomes(data: OutcomesRecorded) -> Iterable[Delivery]:
    """An outcome that comes before its plan is kept with what it knows."""
    for outcome in data.outcomes:
        yield Delivery(
            id=outcome.delivery_id,
            incident_id=data.incident_id,
            cause_id=outcome.cause_id,
            kind=outcome.kind,
            client_key=outcome.client_key,
            person=outcome.person,
            person_name=outcome.person,
            roles=(),
            channel=outcome.channel,
            state=outcome.state,
            reason=outcome.reason,
            because="",
            attempt=outcome.attempt,
            provider_id=outcome.provider_id,
            planned_at=outcome.at,
            changed_at=outcome.at,
        )
