"""SQL of what became of an escalation, by client and chain."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.policies import ChainKind
from tocsin_runtime.database import Connection

from dispatcher.gating.model import Course, Courses
from dispatcher.intake import takes
from dispatcher.planning.store import course_from_row

_WRITE = """
INSERT INTO courses AS old (incident_id, client_key, chain{columns})
SELECT $1, client, $3{values} FROM unnest($2::text[]) AS client
ON CONFLICT (incident_id, client_key, chain) DO UPDATE SET {changes}
"""
_CANCEL = """
INSERT INTO courses AS old (incident_id, client_key, chain, cancelled)
SELECT $1, client, $3, $4 FROM unnest($2::text[]) AS client
ON CONFLICT (incident_id, client_key, chain) DO UPDATE
    SET cancelled = old.cancelled || excluded.cancelled
"""


async def note(conn: Connection, data: e.EscalationEvent) -> None:
    """Write down what the event says of the clients' chains, who has them included.

    The events of one incident come in their order.
    """
    match data:
        case e.EscalationTaken() | e.EscalationHandedOver() if data.chain is ChainKind.ACCOUNT:
            await takes.take(conn, data)
        case e.TakeExpired() if data.chain is ChainKind.ACCOUNT:
            await takes.expire_take(conn, data)
        case e.EscalationDeclined() if data.chain is ChainKind.ACCOUNT:
            await takes.give_back(conn, data)
        case e.StepCancelled(steps=steps, at=at):
            await _run(conn, _CANCEL, data, {str(step): at.isoformat() for step in steps})
        case _ if changes := _changes(data):
            await _run(conn, _statement(tuple(changes)), data, *changes.values())


def _changes(data: e.EscalationEvent) -> dict[str, Any]:
    match data:
        case e.EscalationArmed():
            # Of a round that begins anew nothing said of the last one holds.
            gone = ("called_at", "confirmed_at", "paused_at", "held_from", "held_at")
            return dict.fromkeys(gone)
        case e.StepFired():
            return {"called_at": data.at}
        case e.EscalationConfirmed():
            return {"confirmed_at": data.at}
        case e.EscalationPaused():
            return {"paused_at": data.at}
        case e.EscalationResumed():
            return {"paused_at": None}
        case e.EscalationDeEscalated():
            return {"held_from": data.step, "held_at": data.at}
        case e.EscalationEscalated():
            return {"held_from": None, "held_at": None}
    return {}


def _statement(columns: tuple[str, ...]) -> str:
    return _WRITE.format(
        columns="".join(f", {name}" for name in columns),
        values="".join(f", ${number}" for number in range(4, 4 + len(columns))),
        changes=", ".join(f"{name} = excluded.{name}" for name in columns),
    )


async def _run(conn: Connection, sql: str, data: e.EscalationEvent, *values: Any) -> None:
    keys = list(data.client_keys)
    await conn.execute(sql, data.incident.id, keys, data.chain.value, *values)


async def courses(conn: Connection, incidents: Collection[str]) -> dict[str, Courses]:
    """By incident."""
    rows = await conn.fetch("SELECT * FROM courses WHERE incident_id = ANY($1)", list(incidents))
    found: dict[str, dict[tuple[str, ChainKind], Course]] = {}
    for row in rows:
        found.setdefault(row["incident_id"], {})[row["client_key"], ChainKind(row["chain"])] = (
            course_from_row(row)
        )
    return dict(found)
