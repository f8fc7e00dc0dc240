"""Whom planned work concerns: whoever an outage of the same systems would reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity

from incident_api.audience.changes import Revised, revise
from incident_api.audience.rules import Concern, concerned_clients
from incident_api.directory.view import DirectoryView

COUNTS_AS = Severity.SEV3
"""A plan that does not say who hears of planned work tells those who hear of this severity."""


def concerned_by(
    view: DirectoryView, system_keys: tuple[str, ...], now: datetime
) -> tuple[AudienceClient, ...]:
    """As incidents decide it, without promises: the window's own times are what is promised."""
    concern = Concern(severity=COUNTS_AS, system_keys=system_keys)
    clients = concerned_clients(view, concern, known_at=now, published=False)
    return tuple(_without_promises(client, view) for client in clients)


def _without_promises(client: AudienceClient, view: DirectoryView) -> AudienceClient:
    plan = view.plans.get(client.own_plan_key or client.plan_key)
    silent = f"; its plan tells nobody of {COUNTS_AS}"
    because = client.because.removesuffix(silent) if plan and plan.maintenance else client.because
    return client.model_copy(
        update={"first_notice_due": None, "next_update_due": None, "because": because}
    )


def decided_anew(
    told: Sequence[AudienceClient],
    view: DirectoryView,
    system_keys: tuple[str, ...],
    now: datetime,
) -> Revised:
    """Clients that joined the directory come in; those told before stay to the end."""
    fresh = concerned_by(view, system_keys, now)
    return revise(told, fresh, excluded=(), published=True)
