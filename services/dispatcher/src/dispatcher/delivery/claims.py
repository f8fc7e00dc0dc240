"""Which rows a worker takes, and what it has to know of them, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tocsin_contracts.directory import Addresses
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Channel, DeliveryState, Kind

from dispatcher.delivery.model import Claimed
from dispatcher.gating.digest import FIRST_WORDS, FOLDABLE
from dispatcher.gating.grouping import LEADING
from dispatcher.gating.model import Approval, Fallback, Gated, Knowledge, Lately, Limits, Sibling
from dispatcher.planning.model import AFTER_THE_END
from dispatcher.planning.store import course_from_row, step_from_json
from dispatcher.rendering.notice import Reader

ANOTHER_LOOK = timedelta(minutes=1)


def kinds(kinds: Collection[Kind]) -> str:
    return ", ".join(f"'{kind.value}'" for kind in sorted(kinds))


# What the gate asks of other rows; only of a row that may be held back or that stands in for one.
# Another incident waits at the same destination, for the same client, and could go in one digest.
_ANOTHER = f"""FROM deliveries g
    WHERE g.channel = l.channel AND g.destination = l.destination AND g.limits IS NOT NULL
      AND g.state = 'waiting' AND g.approval_id IS NULL AND g.stands_in_for IS NULL
      AND g.attempts = 0 AND g.client_key = l.client_key AND g.incident_id <> l.incident_id
      AND g.kind IN ({kinds(FOLDABLE)}) AND g.limits->>'alone' IS DISTINCT FROM 'true'"""
ASKED = f"""
    CASE WHEN l.stands_in_for IS NOT NULL THEN
        (SELECT jsonb_agg(jsonb_build_array(o.channel, coalesce(f.state, o.state), o.due_at)
                          ORDER BY o.position)
         FROM deliveries o LEFT JOIN deliveries f ON f.id = o.folded_into
         WHERE o.id = ANY(ARRAY(SELECT jsonb_array_elements_text(l.stands_in_for)))
        ) END AS siblings,
    CASE WHEN l.limits ? 'cap' THEN
        (SELECT jsonb_agg(accepted_at) FROM (
            SELECT g.accepted_at FROM deliveries g
            WHERE g.channel = l.channel AND g.destination = l.destination
              AND g.limits IS NOT NULL AND g.folded_into IS NULL AND g.accepted_at IS NOT NULL
            ORDER BY g.accepted_at DESC LIMIT (l.limits->'cap'->>'messages')::int) AS got
        ) END AS sent,
    CASE WHEN l.limits IS NOT NULL THEN
        (SELECT max(g.accepted_at) FROM deliveries g
         WHERE g.channel = l.channel AND g.destination = l.destination
           AND g.limits IS NOT NULL AND g.folded_into IS NULL
           AND g.accepted_at > $2::timestamptz
               - (l.limits->>'group_minutes')::float8 * interval '1 minute'
           AND (g.limits->>'group_minutes')::float8 > 0
           AND g.client_key = l.client_key AND g.incident_id <> l.incident_id
           AND g.kind IN ({kinds(LEADING)})) END AS led_at,
    CASE WHEN l.limits IS NOT NULL AND l.was = 'waiting' THEN
        (SELECT count(*) {_ANOTHER}) END AS waiting,
    CASE WHEN l.limits IS NOT NULL AND l.was = 'waiting' THEN
        (SELECT count(*) {_ANOTHER} AND g.kind IN ({kinds(FIRST_WORDS)})) END AS first_words,
    CASE WHEN l.limits ? 'budget' THEN
        (SELECT jsonb_agg(accepted_at) FROM (
            SELECT g.accepted_at FROM deliveries g
            WHERE g.client_key = l.client_key AND g.channel = l.channel
              AND g.channel IN ('sms', 'voice') AND g.accepted_at IS NOT NULL
            ORDER BY g.accepted_at DESC LIMIT (l.limits->>'budget')::int) AS gone
        ) END AS spent
"""  # noqa: S608 - constants
_NOT_ASKED = (
    "NULL::jsonb AS siblings, NULL::jsonb AS sent, NULL::timestamptz AS led_at,"
    " NULL::bigint AS waiting, NULL::bigint AS first_words,"
    " NULL::jsonb AS spent"
)
# What a worker needs to know of the rows it has just leased (``leased``), in the same round trip.
_FACTS = """
SELECT l.*, m.traceparent, p.addresses, t.root_id, t.subject,
       CASE WHEN l.kind = 'test' AND s.cause = 'failing' THEN NULL
            ELSE s.reason END AS suppressed,
       i.settled_sequence, i.acknowledged_sequence, (i.snapshot->>'drill')::boolean AS drill,
       CASE WHEN l.step IS NOT NULL AND i.snapshot->>'parent_id' IS NOT NULL THEN
           coalesce((SELECT o.snapshot->>'ref' FROM incidents o
                     WHERE o.id = i.snapshot->>'parent_id'),
                    i.snapshot->>'parent_id') END AS parent,
       CASE WHEN l.step IS NOT NULL THEN
           (SELECT jsonb_object_agg(client_key, taken_at) FROM takes
            WHERE takes.incident_id = l.incident_id) END AS takes,
       CASE WHEN l.step IS NOT NULL THEN
           (SELECT jsonb_agg(to_jsonb(courses)) FROM courses
            WHERE courses.incident_id = l.incident_id) END AS courses,
       CASE WHEN l.step ? 'word_due' AND i.sequence >= (l.step->>'sequence')::bigint THEN
           (SELECT jsonb_object_agg(c->>'client_key', c->>'next_update_due')
            FROM jsonb_array_elements(i.audience->'clients') AS c) END AS words_due,
       CASE WHEN l.limits ? 'budget' THEN
           row_number() OVER (PARTITION BY l.client_key ORDER BY l.urgency, l.position) - 1
           + (SELECT count(*) FROM deliveries g
              WHERE g.state = 'sending' AND g.client_key = l.client_key AND g.channel = l.channel)
           END AS under_way,
       {asked}
FROM leased l
LEFT JOIN messages m ON m.id = l.message_id
LEFT JOIN people p ON p.client_key = coalesce(l.client_key, '') AND p.person = l.person
LEFT JOIN threads t ON t.thread = l.thread
LEFT JOIN suppressions s ON s.channel = l.channel AND s.destination = l.destination
    AND s.lifted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > {now})
LEFT JOIN incidents i ON i.id = l.incident_id
ORDER BY l.urgency, l.position
"""
# Of a thread's rows only the head goes: nothing of it is under way, newer than this or older, and
# nothing older is still to go. One that waits for a person's yes holds up only what comes after the
# end, which says all that nobody has agreed to yet; a question for later holds up nothing.
_BEHIND = f"""EXISTS (
    SELECT 1 FROM deliveries e
    WHERE e.thread = {{row}}.thread AND e.id <> {{row}}.id
      AND e.state IN ('pending', 'waiting', 'sending')
      AND (e.state = 'sending' OR e.position < {{row}}.position)
      AND (e.state <> 'waiting'
           OR (e.kind <> 'feedback_request'
               AND (e.approval_id IS NULL OR {{row}}.kind IN ({kinds(AFTER_THE_END)})))))"""  # noqa: S608 - constants
# Of rows that may be held back one at a time to a destination: each counts for the next. By the
# lease it is seen which is under way; by the state, the index of all such rows would be read.
_QUEUED = f"""EXISTS (
    SELECT 1 FROM deliveries q
    WHERE q.channel = d.channel AND q.destination = d.destination AND q.limits IS NOT NULL
      AND q.state IN ('waiting', 'pending', 'sending')
      AND (q.lease IS NOT NULL
           OR (q.due_at <= $2
               AND (q.state <> 'waiting' OR q.approval_id IS NULL)
               AND (q.urgency, q.position) < (d.urgency, d.position)
               AND NOT {_BEHIND.format(row="q")})))"""  # noqa: S608 - constants
CLAIM = f"""
WITH due AS (
    SELECT d.id, d.state AS was FROM deliveries d
    WHERE d.channel = $1 AND d.state IN ('planned', 'waiting', 'pending') AND d.due_at <= $2
      AND d.approval_id IS NULL
      AND NOT EXISTS (SELECT FROM channel_pauses p WHERE p.channel = $1)
      AND NOT {_BEHIND.format(row="d")}
      AND (d.limits IS NULL OR NOT {_QUEUED})
    ORDER BY d.urgency, d.due_at, d.position LIMIT $3
    FOR UPDATE OF d SKIP LOCKED
), leased AS (
    UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, lease = $4,
        lease_until = now() + make_interval(secs => $5)
    FROM due WHERE d.id = due.id RETURNING d.*, due.was
){_FACTS.format(asked=ASKED, now="$2")}"""  # noqa: S608 - constants
TAKE_OVER = f"""
WITH gone AS (
    SELECT id FROM deliveries
    WHERE state = 'sending' AND lease_until < now() AND NOT (lease = $1 AND id = ANY($3))
    ORDER BY lease_until LIMIT 500 FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE deliveries d SET lease = $1, lease_until = now() + make_interval(secs => $2)
    FROM gone WHERE d.id = gone.id RETURNING d.*, 'sending' AS was
){_FACTS.format(asked=_NOT_ASKED, now="now()")}"""  # noqa: S608 - constants

# One row as a worker sees it, whatever its state, and without a lease.
LOOK = f"""
WITH leased AS (SELECT d.*, d.state AS was FROM deliveries d WHERE d.id = $1)
{_FACTS.format(asked=_NOT_ASKED, now="now()")}"""  # noqa: S608 - constants


def claimed(row: Mapping[str, Any]) -> Claimed:
    return Claimed(
        id=row["id"],
        message_id=row["message_id"],
        incident_id=row["incident_id"],
        cause_id=row["cause_id"],
        client_key=row["client_key"],
        kind=Kind(row["kind"]),
        person=row["person"],
        channel=Channel(row["channel"]),
        destination=row["destination"],
        thread=row["thread"],
        reader=Reader.model_validate(row["reader"]),
        attempt=row["attempts"],
        doubts=row["doubts"],
        planned_at=row["planned_at"],
        addresses=_addresses(row),
        root_id=row["root_id"],
        subject=row["subject"],
        traceparent=row["traceparent"],
        said=row["reason"],
        fallbacks=tuple(row["fallbacks"] or ()),
        repeats=row["repeats"],
        gated=_gated(row),
    )


def _addresses(row: Mapping[str, Any]) -> Addresses | None:
    """The person's of now; of a new destination that is to be confirmed its own."""
    if row["sealed"] is not None:
        return Addresses(sealed={Channel(row["channel"]): row["sealed"]})
    addresses = row["addresses"]
    return Addresses.model_validate(addresses, extra="ignore") if addresses else None


def _gated(row: Mapping[str, Any]) -> Gated:
    limits = row["limits"]
    return Gated(
        kind=Kind(row["kind"]),
        step=step_from_json(row["step"]),
        knowledge=_knowledge(row),
        suppressed=row["suppressed"],
        approval=_approval(row),
        fallback=_fallback(row),
        limits=Limits.model_validate(limits) if limits is not None else None,
        lately=lately(row),
        drill=bool(row["drill"]),
        waited=row["was"] == DeliveryState.WAITING,
        tried=row["attempts"] > 1,
    )


def _knowledge(row: Mapping[str, Any]) -> Knowledge:
    takes, words = row["takes"] or {}, row["words_due"] or {}
    return Knowledge(
        parent=row["parent"],
        settled=row["settled_sequence"] or 0,
        acknowledged=row["acknowledged_sequence"] or 0,
        takes={key: datetime.fromisoformat(value) for key, value in takes.items()},
        words_due={key: datetime.fromisoformat(due) if due else None for key, due in words.items()},
        courses={
            (one["client_key"], ChainKind(one["chain"])): course_from_row(one)
            for one in row["courses"] or ()
        },
    )


def _approval(row: Mapping[str, Any]) -> Approval | None:
    """The statement leaves such rows where they are; one that comes all the same does not go."""
    if row["approval_id"] is None:
        return None
    return Approval(row["reason"] or "waits for a yes", row["due_at"] + ANOTHER_LOOK)


def _fallback(row: Mapping[str, Any]) -> Fallback | None:
    if row["stands_in_for"] is None:
        return None
    siblings = [
        Sibling(Channel(channel), DeliveryState(state), datetime.fromisoformat(due_at))
        for channel, state, due_at in row["siblings"] or ()
    ]
    return Fallback(tuple(siblings), row["deadline"], Decimal(str(row["after_minutes"])))


def lately(row: Mapping[str, Any]) -> Lately:
    return Lately(
        sent=tuple(datetime.fromisoformat(at) for at in row["sent"] or ()),
        led_at=row["led_at"],
        waiting=row["waiting"] or 0,
        first_words=row["first_words"] or 0,
        spent=tuple(datetime.fromisoformat(at) for at in row["spent"] or ()),
        under_way=row.get("under_way") or 0,
    )
