"""Running escalations and the calls they made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from pydantic import TypeAdapter
from tocsin_runtime.database import Connection

from escalation.policies.state import Call, Chain


class Waits(Protocol):
    """A client that waits for its directory revision, and from when its steps count."""

    @property
    def client_key(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def since(self) -> datetime: ...


ACCOUNT = "account"
_CHAIN = TypeAdapter(Chain)
_CALL = TypeAdapter(Call)


async def chains(conn: Connection, incident_id: str) -> dict[str, Chain]:
    """The chains of an incident by client, each with the calls of its present round."""
    rows = await conn.fetch(
        """SELECT document FROM escalations WHERE incident_id = $1 AND chain = $2
           ORDER BY client_key""",
        incident_id,
        ACCOUNT,
    )
    found = [_CHAIN.validate_python(row["document"]) for row in rows]
    made = await _calls(conn, incident_id)
    return {
        chain.client_key: replace(chain, calls=made.get((chain.client_key, chain.round), ()))
        for chain in found
    }


async def save(conn: Connection, incident_id: str, changed: Sequence[Chain]) -> None:
    """Write the chains; their calls are written by :func:`add_calls` as they are made."""
    await conn.executemany(
        """INSERT INTO escalations (incident_id, client_key, chain, state, document)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (incident_id, client_key, chain) DO UPDATE SET state = excluded.state,
               document = excluded.document, updated_at = now()""",
        [
            (incident_id, chain.client_key, ACCOUNT, chain.state.value, _document(chain))
            for chain in changed
        ],
    )


async def add_calls(conn: Connection, incident_id: str, made: Sequence[tuple[Chain, Call]]) -> None:
    """Record calls. The primary key is the last word on "once": a second one fails."""
    await conn.executemany(
        """INSERT INTO calls (incident_id, client_key, chain, round, step, occurrence, number,
                              due_at, at, outcome, people, channels)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        [_call_row(incident_id, chain, call) for chain, call in made],
    )


async def add_call_again(conn: Connection, incident_id: str, chain: Chain, call: Call) -> None:
    """Restore a call; one that was told in several events gathers its people and channels."""
    await conn.execute(
        """INSERT INTO calls (incident_id, client_key, chain, round, step, occurrence, number,
                              due_at, at, outcome, people, channels)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT (incident_id, client_key, chain, round, step, occurrence, number)
           DO UPDATE SET people = (SELECT jsonb_agg(DISTINCT person) FROM
                                   jsonb_array_elements(calls.people || excluded.people) person),
               channels = ARRAY(SELECT DISTINCT unnest(calls.channels || excluded.channels))""",
        *_call_row(incident_id, chain, call),
    )


async def wait_for_revision(conn: Connection, incident_id: str, waits: Sequence[Waits]) -> None:
    await conn.executemany(
        """INSERT INTO waiting_clients (incident_id, client_key, needs_revision, started_at)
           VALUES ($1, $2, $3, $4)
           ON CONFLICT (incident_id, client_key) DO UPDATE
               SET needs_revision = excluded.needs_revision""",
        [(incident_id, one.client_key, one.revision, one.since) for one in waits],
    )


async def incidents_waiting_for(conn: Connection, revision: int) -> list[str]:
    rows = await conn.fetch(
        "SELECT DISTINCT incident_id FROM waiting_clients WHERE needs_revision <= $1", revision
    )
    return [row["incident_id"] for row in rows]


async def waiting(conn: Connection, incident_id: str) -> dict[str, datetime]:
    """Clients of an incident that wait for their revision, and since when."""
    rows = await conn.fetch(
        "SELECT client_key, started_at FROM waiting_clients WHERE incident_id = $1", incident_id
    )
    return {row["client_key"]: row["started_at"] for row in rows}


async def stop_waiting(conn: Connection, incident_id: str, client_keys: Sequence[str]) -> None:
    if not client_keys:
        return
    await conn.execute(
        "DELETE FROM waiting_clients WHERE incident_id = $1 AND client_key = ANY($2::text[])",
        incident_id,
        list(client_keys),
    )


async def _calls(conn: Connection, incident_id: str) -> dict[tuple[str, int], tuple[Call, ...]]:
    rows = await conn.fetch(
        """SELECT client_key, round, step, occurrence, number, due_at, at, outcome, people,
                  channels
           FROM calls WHERE incident_id = $1 AND chain = $2 ORDER BY at, step, number""",
        incident_id,
        ACCOUNT,
    )
    made: dict[tuple[str, int], tuple[Call, ...]] = {}
    for row in rows:
        values = dict(row)
        key = (values.pop("client_key"), values.pop("round"))
        made[key] = (*made.get(key, ()), _CALL.validate_python(values))
    return made


def _document(chain: Chain) -> dict[str, Any]:
    document: dict[str, Any] = _CHAIN.dump_python(replace(chain, calls=()), mode="json")
    return document


def _call_row(incident_id: str, chain: Chain, call: Call) -> tuple[Any, ...]:
    return (
        incident_id,
        chain.client_key,
        ACCOUNT,
        chain.round,
        call.step,
        call.occurrence,
        call.number,
        call.due_at,
        call.at,
        call.outcome.value,
        [person.model_dump(mode="json") for person in call.people],
        [channel.value for channel in call.channels],
    )
