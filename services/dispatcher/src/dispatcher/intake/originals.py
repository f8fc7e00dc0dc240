"""SQL of the deliveries that a person asks to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.database import Connection

from dispatcher.planning.model import Message, Target
from dispatcher.planning.resends import Original
from dispatcher.planning.store import step_from_json
from dispatcher.rendering.notice import Notice, Reader


async def load(conn: Connection, events: Sequence[Event[EventData]]) -> dict[str, Original]:
    """By delivery; none whose text was lost with an older database."""
    wanted = [one.data.delivery_id for one in events if isinstance(one.data, e.ResendRequested)]
    if not wanted:
        return {}
    rows = await conn.fetch(
        """SELECT d.*, m.notice FROM deliveries d JOIN messages m ON m.id = d.message_id
           WHERE d.id = ANY($1)""",
        wanted,
    )
    return {row["id"]: _original(row) for row in rows}


def _original(row: Mapping[str, Any]) -> Original:
    return Original(
        delivery_id=row["id"],
        message=Message(
            id=row["message_id"],
            incident_id=row["incident_id"],
            client_key=row["client_key"],
            cause_id=row["cause_id"],
            kind=Kind(row["kind"]),
            notice=Notice.model_validate(row["notice"]),
        ),
        target=Target(
            person=row["person"],
            person_name=row["person_name"],
            roles=tuple(row["roles"]),
            channel=Channel(row["channel"]),
            destination=row["destination"],
            because=row["because"],
            reader=Reader.model_validate(row["reader"]),
            rules=tuple(row["rules"]),
        ),
        thread=row["thread"],
        step=step_from_json(row["step"]),
        unagreed=row["approval_id"] is not None,
        repeats=row["repeats"],
    )
