"""One promise to one client, as escalation's clock judged it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Promise, PromiseState


@dataclass(frozen=True)
class Promised:
    """``due_at`` is the promised moment, ``done_at`` when the last notify rule was served.

    ``reason`` says why it was broken; ``every_minutes`` is the cadence of an update.
    """

    incident_id: str
    client_key: str
    promise: Promise
    due_at: datetime
    state: PromiseState
    changed_at: datetime
    done_at: datetime | None = None
    reason: str | None = None
    by_holding_notice: bool = False
    every_minutes: int | None = None
    drill: bool = False

    @property
    def settled(self) -> bool:
        return self.state in (PromiseState.KEPT, PromiseState.BREACHED)

    @property
    def kept(self) -> bool:
        return self.state is PromiseState.KEPT
