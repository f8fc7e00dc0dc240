"""SQL for what a payload needs to know before anything is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin_runtime.database import Connection

from incident_api.alerts.store import COLUMNS, Alert, alert_of
from incident_api.incidents.store import OPEN


@dataclass(frozen=True)
class Found:
    """Alerts by key, and the open incidents that alerts of the groups may share.

    ``number`` is drawn for the incident to open, where nothing is known and something fires.
    """

    alerts: dict[str, Alert]
    shared: list[str]
    number: int | None


_FIND = f"""
WITH known AS MATERIALIZED (
    SELECT id FROM alerts WHERE integration = $1 AND dedup_key = ANY($2) AND current
), shared AS MATERIALIZED (
    SELECT id FROM incidents WHERE group_key = ANY($3) AND {OPEN}
)
SELECT found.what, found.value, {", ".join(f"a.{c.strip()}" for c in COLUMNS.split(","))}
FROM (
    SELECT 'alert' AS what, id AS value FROM known
    UNION ALL SELECT 'shared', id FROM shared
    UNION ALL SELECT 'number', nextval('incident_ref')::text
              WHERE $4 AND NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM shared)
) AS found LEFT JOIN alerts AS a ON found.what = 'alert' AND a.id = found.value
"""  # noqa: S608 — built from the stores' own column names


async def find_known(
    conn: Connection,
    integration: str,
    keys: Sequence[str],
    groups: Sequence[str],
    *,
    fires: bool,
) -> Found:
    """In one statement, because most payloads find nothing and open an incident."""
    rows = await conn.fetch(_FIND, integration, list(keys), list(groups), fires)
    return Found(
        alerts={row["dedup_key"]: alert_of(row) for row in rows if row["what"] == "alert"},
        shared=[row["value"] for row in rows if row["what"] == "shared"],
        number=next((int(row["value"]) for row in rows if row["what"] == "number"), None),
    )
