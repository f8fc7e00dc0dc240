"""SQL for what readers said of how they were informed."""

from __future__ import annotations

import asyncpg
from tocsin_contracts.words import Rating
from tocsin_runtime.database import Connection

from incident_api.timeline.feedback import Feedback


async def put(conn: Connection, given: Feedback) -> bool:
    """Whether it says something new: a later answer replaces the one before."""
    status = await conn.execute(
        "INSERT INTO feedback (incident_id, client_key, person, rating, text, given_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (incident_id, client_key, person)"
        " DO UPDATE SET (rating, text, given_at) ="
        " (EXCLUDED.rating, EXCLUDED.text, EXCLUDED.given_at)"
        " WHERE (feedback.rating, feedback.text) IS DISTINCT FROM (EXCLUDED.rating, EXCLUDED.text)",
        given.incident_id,
        given.client_key,
        given.person,
        given.rating,
        given.text,
        given.given_at,
    )
    return status == "INSERT 0 1"


async def find(conn: Connection, incident_id: str, client_key: str, person: str) -> Feedback | None:
    row = await conn.fetchrow(
        "SELECT * FROM feedback WHERE incident_id = $1 AND client_key = $2 AND person = $3",
        incident_id,
        client_key,
        person,
    )
    return None if row is None else _feedback(row)


async def of_incident(conn: Connection, incident_id: str) -> list[Feedback]:
    """Oldest first."""
    rows = await conn.fetch(
        "SELECT * FROM feedback WHERE incident_id = $1 ORDER BY given_at, person", incident_id
    )
    return [_feedback(row) for row in rows]


async def forget(conn: Connection, client_key: str, person: str) -> None:
    """The rating stays, counted; the person's own words go."""
    await conn.execute(
        "UPDATE feedback SET text = NULL WHERE client_key = $1 AND person = $2", client_key, person
    )


def _feedback(row: asyncpg.Record) -> Feedback:
    values = dict(row)
    return Feedback(**values | {"rating": Rating(values["rating"])})
