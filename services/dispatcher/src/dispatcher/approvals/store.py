"""SQL of approvals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.words import Channel, DeliveryState, Kind, OnNoAnswer
from tocsin_runtime.database import Connection

from dispatcher.approvals.model import Asked, Ended
from dispatcher.gating.model import Limits
from dispatcher.planning.model import Delivery, Message, Target
from dispatcher.rendering.notice import Notice, Reader

_COLUMNS = (
    "id, incident_id, client_key, kind, cause_id, content_sha256, approver, approver_name,"
    " decide_by, on_no_answer"
)


async def load_open(conn: Connection, incidents: Collection[str]) -> dict[str, Asked]:
    """Those of ``incidents`` that can be answered."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM approvals"  # noqa: S608 - our own column names
        " WHERE incident_id = ANY($1) AND ended_at IS NULL ORDER BY requested_at, id",
        list(incidents),
    )
    return {row["id"]: _asked(row) for row in rows}


async def known(conn: Connection, approval_ids: Collection[str]) -> set[str]:
    """Those of them that were asked for here, ended or not."""
    rows = await conn.fetch("SELECT id FROM approvals WHERE id = ANY($1)", list(approval_ids))
    return {row["id"] for row in rows}


async def insert(conn: Connection, asked: Sequence[Asked], now: datetime) -> None:
    await conn.executemany(
        f"INSERT INTO approvals ({_COLUMNS}, requested_at)"  # noqa: S608 - our own column names
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            (
                one.id,
                one.incident_id,
                one.client_key,
                one.kind.value,
                one.cause_id,
                one.content_sha256,
                one.approver,
                one.approver_name,
                one.decide_by,
                one.on_no_answer.value,
                now,
            )
            for one in asked
        ],
    )


async def end(conn: Connection, ended: Sequence[Ended], now: datetime) -> None:
    await conn.executemany(
        "UPDATE approvals SET ended_at = $2, outcome = $3 WHERE id = $1 AND ended_at IS NULL",
        [(one.asked.id, now, one.outcome) for one in ended],
    )


async def held(conn: Connection, approval_id: str) -> list[Delivery]:
    """The rows that wait for this yes, those left out that only stand in for another."""
    rows = await conn.fetch(
        """SELECT d.*, m.notice, m.traceparent
           FROM deliveries d JOIN messages m ON m.id = d.message_id
           WHERE d.approval_id = $1 AND d.state = 'waiting' ORDER BY d.position""",
        approval_id,
    )
    return [_delivery(row) for row in rows]


async def request(conn: Connection, incident_id: str, approval_id: str) -> Notice | None:
    """What the approver was asked."""
    notice = await conn.fetchval(
        """SELECT notice FROM messages WHERE incident_id = $1 AND kind = 'approval_request'
           AND notice->'approval'->>'id' = $2 LIMIT 1""",
        incident_id,
        approval_id,
    )
    return Notice.model_validate(notice) if notice is not None else None


def _delivery(row: Mapping[str, Any]) -> Delivery:
    message = Message(
        id=row["message_id"],
        incident_id=row["incident_id"],
        client_key=row["client_key"],
        cause_id=row["cause_id"],
        kind=Kind(row["kind"]),
        notice=Notice.model_validate(row["notice"]),
        traceparent=row["traceparent"],
    )
    target = Target(
        person=row["person"],
        person_name=row["person_name"],
        roles=tuple(row["roles"]),
        channel=Channel(row["channel"]),
        destination=row["destination"],
        because=row["because"],
        reader=Reader.model_validate(row["reader"]),
        rules=tuple(row["rules"]),
    )
    limits = row["limits"]
    return Delivery(
        id=row["id"],
        message=message,
        target=target,
        thread=row["thread"],
        urgency=row["urgency"],
        state=DeliveryState(row["state"]),
        reason=row["reason"],
        approval_id=row["approval_id"],
        limits=Limits.model_validate(limits) if limits is not None else None,
    )


def _asked(row: Mapping[str, Any]) -> Asked:
    return Asked(
        **{**dict(row), "kind": Kind(row["kind"]), "on_no_answer": OnNoAnswer(row["on_no_answer"])}
    )
