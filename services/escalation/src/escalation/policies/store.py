"""Running escalations and the calls they made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from pydantic import TypeAdapter
from tocsin_contracts.events import Called
from tocsin_contracts.policies import ChainKind
from tocsin_runtime.database import Connection

from escalation.policies.state import Call, Chain, ChainKey


class Waits(Protocol):
    """A client that waits for its directory revision, and from when its steps count."""

    @property
    def client_key(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def since(self) -> datetime: ...


Round: TypeAlias = tuple[str, str, ChainKind, int]
"""One round of an incident's client's chain."""

_CHAIN = TypeAdapter(Chain)
_CALL = TypeAdapter(Call)
_PEOPLE = TypeAdapter(tuple[Called, ...])
_CALL_FIELDS = tuple(field.name for field in fields(Call))


async def chains(
    conn: Connection, incident_ids: Collection[str]
) -> dict[str, dict[ChainKey, Chain]]:
    """The chains of each incident, each with the calls of its present round."""
    rows = await conn.fetch(
        """SELECT incident_id, document::text AS document FROM escalations
           WHERE incident_id = ANY($1::text[]) ORDER BY incident_id, client_key, chain""",
        list(incident_ids),
    )
    made = await _calls(conn, incident_ids) if rows else {}
    found: dict[str, dict[ChainKey, Chain]] = defaultdict(dict)
    for row in rows:
        chain = _CHAIN.validate_json(row["document"])
        calls = made.get((row["incident_id"], *chain.key, chain.round), ())
        found[row["incident_id"]][chain.key] = replace(chain, calls=tuple(calls))
    return found


async def save(conn: Connection, changed: Sequence[tuple[str, Chain]]) -> None:
    """Write the chains of these incidents; their calls are written by :func:`add_calls`."""
    if not changed:
        return
    await conn.execute(
        """INSERT INTO escalations (incident_id, client_key, chain, state, document)
           SELECT incident_id, client_key, chain, state, document::jsonb
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
                AS given(incident_id, client_key, chain, state, document)
           ON CONFLICT (incident_id, client_key, chain) DO UPDATE SET state = excluded.state,
               document = excluded.document, updated_at = now()""",
        [incident_id for incident_id, _ in changed],
        [chain.client_key for _, chain in changed],
        [chain.kind.value for _, chain in changed],
        [chain.state.value for _, chain in changed],
        [_document(chain) for _, chain in changed],
    )


async def add_calls(conn: Connection, made: Sequence[tuple[str, Chain, Call]]) -> None:
    """Record calls of these incidents' chains. The primary key is the last word on "once": a
    second one fails."""
    rows = [_call_row(*one) for one in made]
    if not rows:
        return
    await conn.execute(
        """INSERT INTO calls (incident_id, client_key, chain, round, step, occurrence, number,
                              due_at, at, outcome, people, channels, turns)
           SELECT incident_id, client_key, chain, round, step, occurrence, number, due_at, at,
                  outcome, people::jsonb, string_to_array(channels, ','), turns
           FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[],
                       $7::int[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[],
                       $12::text[], $13::int[])
                AS given(incident_id, client_key, chain, round, step, occurrence, number, due_at,
                         at, outcome, people, channels, turns)""",
        *[list(column) for column in zip(*rows, strict=True)],
    )


async def add_call_again(conn: Connection, incident_id: str, chain: Chain, call: Call) -> None:
    """Restore a call; one that was told in several events gathers its people and channels."""
    await conn.execute(
        """INSERT INTO calls (incident_id, client_key, chain, round, step, occurrence, number,
                              due_at, at, outcome, people, channels, turns)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb,
                   string_to_array($12, ','), $13)
           ON CONFLICT (incident_id, client_key, chain, round, step, occurrence, number)
           DO UPDATE SET people = (SELECT jsonb_agg(DISTINCT person) FROM
                                   jsonb_array_elements(calls.people || excluded.people) person),
               channels = ARRAY(SELECT DISTINCT unnest(calls.channels || excluded.channels))""",
        *_call_row(incident_id, chain, call),
    )


async def wait_for_revision(conn: Connection, waits: Sequence[tuple[str, Waits]]) -> None:
    """Clients of these incidents wait."""
    await conn.executemany(
        """INSERT INTO waiting_clients (incident_id, client_key, needs_revision, started_at)
           VALUES ($1, $2, $3, $4)
           ON CONFLICT (incident_id, client_key) DO UPDATE
               SET needs_revision = excluded.needs_revision""",
        [(incident_id, one.client_key, one.revision, one.since) for incident_id, one in waits],
    )


async def incidents_waiting_for(conn: Connection, revision: int) -> list[str]:
    rows = await conn.fetch(
        "SELECT DISTINCT incident_id FROM waiting_clients WHERE needs_revision <= $1", revision
    )
    return [row["incident_id"] for row in rows]


async def waiting(
    conn: Connection, incident_ids: Collection[str]
) -> dict[str, dict[str, datetime]]:
    """The clients of each incident that wait for their revision, and since when."""
    rows = await conn.fetch(
        """SELECT incident_id, client_key, started_at FROM waiting_clients
           WHERE incident_id = ANY($1::text[])""",
        list(incident_ids),
    )
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for row in rows:
        found[row["incident_id"]][row["client_key"]] = row["started_at"]
    return found


async def stop_waiting(conn: Connection, let_go: Sequence[tuple[str, str]]) -> None:
    """``let_go``: incident and client."""
    if not let_go:
        return
    incident_ids, client_keys = zip(*let_go, strict=True)
    await conn.execute(
        """DELETE FROM waiting_clients WHERE (incident_id, client_key) IN
           (SELECT * FROM unnest($1::text[], $2::text[]))""",
        list(incident_ids),
        list(client_keys),
    )


async def _calls(conn: Connection, incident_ids: Collection[str]) -> dict[Round, list[Call]]:
    rows = await conn.fetch(
        """SELECT incident_id, client_key, chain, round, step, occurrence, number, due_at, at,
                  outcome, people, channels, turns
           FROM calls WHERE incident_id = ANY($1::text[]) ORDER BY at, step, number""",
        list(incident_ids),
    )
    made: dict[Round, list[Call]] = defaultdict(list)
    for row in rows:
        key = (row["incident_id"], row["client_key"], ChainKind(row["chain"]), row["round"])
        made[key].append(_CALL.validate_python({name: row[name] for name in _CALL_FIELDS}))
    return made


def _document(chain: Chain) -> str:
    return _CHAIN.dump_json(chain, exclude={"calls"}, exclude_none=True).decode()


def _call_row(incident_id: str, chain: Chain, call: Call) -> tuple[Any, ...]:
    return (
        incident_id,
        *chain.key,
        chain.round,
        call.step,
        call.occurrence,
        call.number,
        call.due_at,
        call.at,
        call.outcome.value,
        _PEOPLE.dump_json(call.people).decode(),
        ",".join(channel.value for channel in call.channels),
        call.turns,
    )
