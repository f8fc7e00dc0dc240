"""The copy of maintenance windows, and its SQL; the newest event wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tocsin_contracts.envelope import Event
from tocsin_contracts.events import MaintenanceEvent
from tocsin_contracts.incident import Audience, MaintenanceSnapshot
from tocsin_runtime.database import Connection

_SAVE = """
INSERT INTO maintenance_windows AS old (id, epoch, sequence, snapshot, audience)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::jsonb[], $5::jsonb[])
ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence,
    snapshot = excluded.snapshot, audience = excluded.audience
WHERE (old.epoch, old.sequence) <= (excluded.epoch, excluded.sequence)
"""


@dataclass(frozen=True)
class KnownWindow:
    epoch: int
    sequence: int
    snapshot: MaintenanceSnapshot
    audience: Audience

    @property
    def position(self) -> tuple[int, int]:
        return self.epoch, self.sequence


def known_after(event: Event[MaintenanceEvent]) -> KnownWindow:
    return KnownWindow(event.epoch, event.sequence, event.data.window, event.data.audience)


async def load(conn: Connection, ids: Collection[str]) -> dict[str, KnownWindow]:
    if not ids:
        return {}
    rows = await conn.fetch("SELECT * FROM maintenance_windows WHERE id = ANY($1)", list(ids))
    return {
        row["id"]: KnownWindow(
            epoch=row["epoch"],
            sequence=row["sequence"],
            snapshot=MaintenanceSnapshot.model_validate(row["snapshot"], extra="ignore"),
            audience=Audience.model_validate(row["audience"], extra="ignore"),
        )
        for row in rows
    }


async def save(conn: Connection, windows: Mapping[str, KnownWindow]) -> None:
    values = list(windows.values())
    await conn.execute(
        _SAVE,
        list(windows),
        [one.epoch for one in values],
        [one.sequence for one in values],
        [one.snapshot.model_dump(mode="json") for one in values],
        [one.audience.model_dump(mode="json") for one in values],
    )
