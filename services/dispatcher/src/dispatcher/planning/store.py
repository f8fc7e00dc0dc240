"""SQL that writes what planning decided."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.policies import ChainKind
from tocsin_runtime.database import Connection

from dispatcher.gating.model import Course, Limits, Step
from dispatcher.planning.model import Delivery, Message, Released, Superseded, Waits

# One statement, one round trip, however many rows.
_INSERT = """
WITH said AS (
    INSERT INTO messages (id, incident_id, client_key, cause_id, kind, notice, traceparent,
                          created_at)
    SELECT *, $1 FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                             $7::jsonb[], $8::text[])
)
INSERT INTO deliveries (id, message_id, incident_id, cause_id, client_key, kind, person,
    person_name, roles, because, reader, channel, destination, thread, urgency, step, state, reason,
    approval_id, planned_at, due_at, limits, rules, fallbacks, stands_in_for, after_minutes,
    deadline, sealed, repeats)
SELECT id, message_id, incident_id, cause_id, client_key, kind, person, person_name, roles::jsonb,
       because, reader, channel, destination, thread, urgency, step, state, reason, approval_id,
       $1, coalesce(due_at, $1), limits, rules::jsonb, fallbacks::jsonb, stands_in_for::jsonb,
       after_minutes, due_at, sealed, repeats
FROM unnest($9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::text[], $17::text[], $18::text[], $19::jsonb[], $20::text[],
            $21::text[], $22::text[], $23::smallint[], $24::jsonb[], $25::text[], $26::text[],
            $27::text[], $28::timestamptz[], $29::jsonb[], $30::text[], $31::text[], $32::text[],
            $33::float8[], $34::text[], $35::text[])
     WITH ORDINALITY AS rows(id, message_id, incident_id, cause_id, client_key, kind, person,
        person_name, roles, because, reader, channel, destination, thread, urgency, step, state,
        reason, approval_id, due_at, limits, rules, fallbacks, stands_in_for, after_minutes,
        sealed, repeats, place)
ORDER BY place
"""
# A fallback gives what it stands in for its time, from now on.
_RELEASE = """
UPDATE deliveries d SET approval_id = NULL,
    state = CASE WHEN d.stands_in_for IS NULL THEN 'pending' ELSE 'planned' END,
    reason = CASE WHEN d.stands_in_for IS NULL THEN r.reason ELSE d.reason END,
    due_at = $3::timestamptz + coalesce(d.after_minutes, 0) * interval '1 minute',
    deadline = $3::timestamptz + d.after_minutes * interval '1 minute'
FROM unnest($1::text[], $2::text[]) AS r(id, reason)
WHERE d.id = r.id AND d.state IN ('waiting', 'planned')
"""
# What waits for the night or for other messages goes now; what waits for a person's yes does not.
_HASTEN = """
UPDATE deliveries SET limits = NULL,
    state = CASE WHEN state = 'waiting' AND approval_id IS NULL THEN 'pending' ELSE state END,
    due_at = CASE WHEN state = 'waiting' AND approval_id IS NULL THEN $2 ELSE due_at END
WHERE incident_id = ANY($1) AND limits IS NOT NULL AND kind <> 'feedback_request'
  AND state IN ('planned', 'waiting', 'pending', 'sending')
"""
_SUPERSEDE = """
UPDATE deliveries d SET state = s.state, reason = s.reason
FROM unnest($1::text[], $2::text[], $3::text[]) AS s(id, state, reason)
WHERE d.id = s.id AND d.state IN ('planned', 'waiting', 'pending')
"""


async def insert(
    conn: Connection, messages: Sequence[Message], deliveries: Sequence[Delivery], now: datetime
) -> None:
    """Write rows in the order given, which is the order within each thread."""
    await conn.execute(_INSERT, now, *_message_columns(messages), *_delivery_columns(deliveries))


async def repoint(conn: Connection, messages: Mapping[str, str]) -> None:
    """Open rows say another message: its id by theirs."""
    await conn.execute(
        """UPDATE deliveries d SET message_id = r.message_id
           FROM unnest($1::text[], $2::text[]) AS r(id, message_id)
           WHERE d.id = r.id AND d.state IN ('planned', 'waiting', 'pending')""",
        list(messages),
        list(messages.values()),
    )


async def release(conn: Connection, released: Sequence[Released], now: datetime) -> None:
    """Rows that waited for a yes and have it are looked at now."""
    ids, reasons = [one.row.id for one in released], [one.reason for one in released]
    await conn.execute(_RELEASE, ids, reasons, now)


async def wait_on(conn: Connection, waits: Sequence[Waits]) -> None:
    """Why rows go on waiting."""
    await conn.execute(
        """UPDATE deliveries d SET reason = w.reason
           FROM unnest($1::text[], $2::text[]) AS w(id, reason)
           WHERE d.id = w.id AND d.state = 'waiting'""",
        [one.row.id for one in waits],
        [one.reason for one in waits],
    )


async def hasten(conn: Connection, incidents: Sequence[str], now: datetime) -> None:
    """Nothing holds back the rows of an incident that became critical or major."""
    await conn.execute(_HASTEN, list(incidents), now)


async def supersede(conn: Connection, replaced: Sequence[Superseded]) -> None:
    """Take out rows that were locked while they were open."""
    await conn.execute(
        _SUPERSEDE,
        [one.row.id for one in replaced],
        [one.state.value for one in replaced],
        [one.reason for one in replaced],
    )


def _message_columns(messages: Sequence[Message]) -> tuple[list[Any], ...]:
    return (
        [message.id for message in messages],
        [message.incident_id for message in messages],
        [message.client_key for message in messages],
        [message.cause_id for message in messages],
        [message.kind.value for message in messages],
        [message.notice.model_dump(mode="json") for message in messages],
        [message.traceparent for message in messages],
    )


def _delivery_columns(rows: Sequence[Delivery]) -> tuple[list[Any], ...]:
    return (
        [row.id for row in rows],
        [row.message.id for row in rows],
        [row.message.incident_id for row in rows],
        [row.message.cause_id for row in rows],
        [row.message.client_key for row in rows],
        [row.message.kind.value for row in rows],
        [row.target.person for row in rows],
        [row.target.person_name for row in rows],
        # As text: an array of lists would be taken for one array of two dimensions.
        [json.dumps(row.target.roles) for row in rows],
        [row.target.because for row in rows],
        [row.target.reader.model_dump(mode="json", exclude_none=True) for row in rows],
        [row.target.channel.value for row in rows],
        [row.target.destination for row in rows],
        [row.thread for row in rows],
        [row.urgency for row in rows],
        [_step_json(row.step) for row in rows],
        [row.state.value for row in rows],
        [row.reason for row in rows],
        [row.approval_id for row in rows],
        [row.due_at for row in rows],
        [_limits_json(row.limits) for row in rows],
        [json.dumps(row.target.rules) for row in rows],
        [json.dumps(row.fallbacks) if row.fallbacks else None for row in rows],
        [json.dumps(row.stands_in.siblings) if row.stands_in else None for row in rows],
        [float(row.stands_in.after_minutes) if row.stands_in else None for row in rows],
        [row.sealed for row in rows],
        [row.repeats for row in rows],
    )


def _limits_json(limits: Limits | None) -> dict[str, Any] | None:
    return limits.model_dump(mode="json", exclude_none=True) if limits else None


def _step_json(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "sequence": step.sequence,
        "trigger": step.trigger,
        "client_keys": list(step.client_keys),
        "at": step.at.isoformat(),
        **({"word_due": step.word_due.isoformat()} if step.word_due else {}),
        **({"chain": step.chain.value} if step.chain is not ChainKind.ACCOUNT else {}),
        **({"numbers": dict(step.numbers)} if step.numbers else {}),
        **({"forced": True} if step.forced else {}),
    }


def step_from_json(value: dict[str, Any] | None) -> Step | None:
    if value is None:
        return None
    return Step(
        sequence=value["sequence"],
        trigger=value["trigger"],
        client_keys=tuple(value["client_keys"]),
        at=datetime.fromisoformat(value["at"]),
        word_due=datetime.fromisoformat(word) if (word := value.get("word_due")) else None,
        chain=ChainKind(value.get("chain", ChainKind.ACCOUNT)),
        numbers={key: tuple(of) for key, of in value.get("numbers", {}).items()},
        forced=value.get("forced", False),
    )


def course_from_row(row: Mapping[str, Any]) -> Course:
    """``row`` may be of JSON, where moments are texts."""
    return Course(
        called_at=_moment(row["called_at"]),
        confirmed_at=_moment(row["confirmed_at"]),
        paused_at=_moment(row["paused_at"]),
        held_from=row["held_from"],
        held_at=_moment(row["held_at"]),
        cancelled={int(step): _as_moment(at) for step, at in row["cancelled"].items()},
    )


def _moment(value: datetime | str | None) -> datetime | None:
    return _as_moment(value) if value is not None else None


def _as_moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
