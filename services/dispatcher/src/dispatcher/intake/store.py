"""SQL of the incidents' copy, and of what was told of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.database import Connection

from dispatcher.intake import takes
from dispatcher.intake.known import Known
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import ONCE_MORE, OpenRow, Told
from dispatcher.planning.notices import History, Said
from dispatcher.rendering.notice import Notice

_SAVE = """
INSERT INTO incidents AS old (id, epoch, sequence, snapshot, audience, settled_sequence,
                              acknowledged_sequence)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::jsonb[], $5::jsonb[], $6::bigint[],
                     $7::bigint[])
ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence,
    snapshot = excluded.snapshot, audience = excluded.audience,
    settled_sequence = excluded.settled_sequence,
    acknowledged_sequence = excluded.acknowledged_sequence
WHERE (old.epoch, old.sequence) <= (excluded.epoch, excluded.sequence)
"""
# The latest row of each person and channel: who was skipped there last hears no more on it. A
# fallback that was not needed told nobody; a text that was refused says nothing against its reader.
# What was sent again by hand says nothing of where its reader hears on.
_TOLD = f"""
SELECT * FROM (
    SELECT DISTINCT ON (incident_id, client_key, person, channel) incident_id, client_key, person,
        person_name, roles, channel, state, stands_in_for IS NOT NULL AS by_fallback,
        step IS NOT NULL AS by_call
    FROM deliveries WHERE incident_id = ANY($1)
        AND kind NOT IN ('feedback_request', 'auto_answer', 'answered')
        AND because NOT LIKE '{ONCE_MORE} %'
        AND (state <> 'skipped' OR approval_id IS NULL)
        AND (stands_in_for IS NULL OR state IN ('sending', 'accepted', 'delivered', 'unknown'))
    ORDER BY incident_id, client_key, person, channel, position DESC
) AS latest WHERE state <> 'skipped'
"""  # noqa: S608 - a constant
# Locked, so that no worker begins to send what is being replaced. A digest speaks of others too.
_OPEN = """
SELECT id, message_id, incident_id, cause_id, client_key, kind, person, channel, destination,
       doubts > 0 AS doubtful, approval_id, stands_in_for,
       stands_in_for IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM deliveries s LEFT JOIN deliveries f ON f.id = s.folded_into
           WHERE s.id = ANY(ARRAY(SELECT jsonb_array_elements_text(d.stands_in_for)))
             AND coalesce(f.state, s.state) NOT IN ('failed', 'skipped')) AS left_alone
FROM deliveries d WHERE incident_id = ANY($1) AND state IN ('planned', 'waiting', 'pending')
    AND kind <> 'digest'
ORDER BY position FOR UPDATE
"""
# What a provider has taken, or may have: an open row with doubts counts in the ledger. Who has only
# the holding notice does not know yet what is wrong.
_SENT = """
SELECT DISTINCT incident_id, client_key, channel, destination, person
FROM deliveries WHERE incident_id = ANY($1) AND client_key IS NOT NULL
    AND kind NOT IN ('holding_notice', 'auto_answer', 'answered')
    AND state IN ('sending', 'accepted', 'delivered', 'unknown')
"""
# A call of the client's own escalation is a word to one of its people, not to the client.
_HISTORIES = """
SELECT incident_id, client_key, min(accepted_at) AS first_at, max(accepted_at) AS last_at,
       count(DISTINCT person) FILTER (WHERE cause_id = last_cause
                        AND state NOT IN ('skipped', 'superseded')) AS planned,
       count(DISTINCT person) FILTER (WHERE cause_id = last_cause
                        AND state IN ('accepted', 'delivered')) AS reached,
       count(DISTINCT person) FILTER (WHERE cause_id = last_cause AND confirmed_at IS NOT NULL)
           AS confirmed,
       coalesce(bool_or(kind = 'holding_notice'
                        AND state IN ('sending', 'accepted', 'delivered', 'unknown')), false)
           AS checking
FROM (SELECT incident_id, client_key, accepted_at, state, cause_id, person, kind, confirmed_at,
             last_value(cause_id) OVER (PARTITION BY incident_id, client_key ORDER BY position
                 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_cause
      FROM deliveries WHERE incident_id = ANY($1) AND client_key IS NOT NULL
          AND kind NOT IN ('auto_answer', 'answered') AND step IS NULL) AS rows
GROUP BY incident_id, client_key
"""

# The last message to each client that was not skipped, by what it named.
_SAID = """
SELECT last.incident_id, last.client_key, m.notice->'system_keys' AS keys,
       m.notice->'systems' AS names,
       coalesce(m.notice->'update'->>'message', m.notice->'incident'->>'impact') AS words
FROM (SELECT DISTINCT ON (incident_id, client_key) incident_id, client_key, message_id
      FROM deliveries
      WHERE incident_id = ANY($1) AND client_key IS NOT NULL AND state <> 'skipped'
          AND kind NOT IN ('digest', 'auto_answer', 'answered') AND step IS NULL
      ORDER BY incident_id, client_key, position DESC) AS last
JOIN messages m ON m.id = last.message_id
"""


async def created_at(conn: Connection) -> datetime:
    """When this database began; now, where even that was emptied."""
    found: datetime = await conn.fetchval(
        "SELECT coalesce((SELECT created_at FROM creation), now())"
    )
    return found


async def load_known(conn: Connection, incidents: Collection[str]) -> dict[str, Known]:
    rows = await conn.fetch(
        """SELECT i.*, (SELECT p.snapshot->>'ref' FROM incidents p
                        WHERE p.id = i.snapshot->>'parent_id') AS parent_ref
           FROM incidents i WHERE id = ANY($1)""",
        list(incidents),
    )
    return {row["id"]: _known(row) for row in rows}


async def save_known(conn: Connection, known: Mapping[str, Known]) -> None:
    """Write copies; an older ``(epoch, sequence)`` changes nothing."""
    values = list(known.values())
    await conn.execute(
        _SAVE,
        list(known),
        [one.epoch for one in values],
        [one.sequence for one in values],
        [one.snapshot.model_dump(mode="json") for one in values],
        [one.audience.model_dump(mode="json") if one.audience else None for one in values],
        [one.settled_sequence for one in values],
        [one.acknowledged_sequence for one in values],
    )


async def load_ledger(conn: Connection, incidents: Collection[str]) -> Ledger:
    """Who was told of ``incidents``, and what is still to go out."""
    ledger = Ledger()
    if not incidents:
        return ledger
    names = list(incidents)
    for row in await conn.fetch(_OPEN, names):
        ledger.incident(row["incident_id"]).opened(open_row(row))
    for row in await conn.fetch(_TOLD, names):
        ledger.incident(row["incident_id"]).remember(told(row))
    for row in await conn.fetch(_SENT, names):
        sent = ledger.incident(row["incident_id"]).sent.setdefault(row["client_key"], set())
        channel = Channel(row["channel"])
        # Both: people share a mailbox, and a message goes to the address of the moment.
        sent |= {(channel, row["destination"]), (channel, row["person"])}
    await _load_histories(conn, ledger, names)
    await _load_notices(conn, ledger)
    return ledger


async def _load_histories(conn: Connection, ledger: Ledger, incidents: Sequence[str]) -> None:
    takers = await takes.takers(conn, incidents)
    said = await _said(conn, incidents)
    for (incident_id, client_key), taker in takers.items():
        # Told nothing yet: its first message names whoever has it.
        history = History(taker=taker.named, taker_key=taker.key)
        ledger.incident(incident_id).histories[client_key] = history
    for row in await conn.fetch(_HISTORIES, incidents):
        has = takers.get((row["incident_id"], row["client_key"]))
        ledger.incident(row["incident_id"]).histories[row["client_key"]] = History(
            first_told_at=row["first_at"],
            last_told_at=row["last_at"],
            planned=row["planned"],
            reached=row["reached"],
            confirmed=row["confirmed"],
            taker=has.named if has else None,
            taker_key=has.key if has else None,
            said=said.get((row["incident_id"], row["client_key"])),
            checking=row["checking"],
        )


async def _said(conn: Connection, incidents: Sequence[str]) -> dict[tuple[str, str], Said]:
    return {
        (row["incident_id"], row["client_key"]): Said(
            tuple(row["keys"]), tuple(row["names"]), row["words"]
        )
        for row in await conn.fetch(_SAID, incidents)
        if row["keys"]
    }


async def _load_notices(conn: Connection, ledger: Ledger) -> None:
    """The texts of what is still to go out: a newer message may carry them."""
    wanted = {
        row.message_id
        for known in ledger.incidents.values()
        for rows in known.open.values()
        for row in rows.values()
    }
    if not wanted:
        return
    rows = await conn.fetch(
        "SELECT id, incident_id, notice FROM messages WHERE id = ANY($1)", list(wanted)
    )
    for row in rows:
        notice = Notice.model_validate(row["notice"])
        ledger.incident(row["incident_id"]).notices[row["id"]] = notice


def _known(row: Mapping[str, Any]) -> Known:
    audience = row["audience"]
    return Known(
        epoch=row["epoch"],
        sequence=row["sequence"],
        snapshot=IncidentSnapshot.model_validate(row["snapshot"], extra="ignore"),
        audience=Audience.model_validate(audience, extra="ignore") if audience else None,
        settled_sequence=row["settled_sequence"],
        acknowledged_sequence=row["acknowledged_sequence"],
        parent_ref=row["parent_ref"],
    )


def told(row: Mapping[str, Any]) -> Told:
    return Told(
        client_key=row["client_key"],
        person=row["person"],
        person_name=row["person_name"],
        roles=tuple(row["roles"]),
        channel=Channel(row["channel"]),
        by_fallback=row["by_fallback"],
        by_call=row["by_call"],
    )


def open_row(row: Mapping[str, Any]) -> OpenRow:
    return OpenRow(
        id=row["id"],
        message_id=row["message_id"],
        cause_id=row["cause_id"],
        client_key=row["client_key"],
        kind=Kind(row["kind"]),
        person=row["person"],
        channel=Channel(row["channel"]),
        destination=row["destination"],
        doubtful=row["doubtful"],
        siblings=tuple(row["stands_in_for"] or ()),
        left_alone=row["left_alone"],
        approval_id=row["approval_id"],
    )
