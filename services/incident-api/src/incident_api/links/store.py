"""SQL for what links were used for."""

from __future__ import annotations

from tocsin_contracts.words import Verb
from tocsin_runtime.database import Connection

from incident_api.links.answer import Answer


async def note(conn: Connection, link_id: str, incident_id: str, answer: Answer) -> bool:
    """Whether this counts: the same answer within a minute is a button pressed twice.

    Later it is meant: whoever took it, and was then too slow to write, may take it again.
    """
    status = await conn.execute(
        "INSERT INTO link_answers (link_id, verb, to_person, incident_id, answered_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (link_id, verb, to_person)"
        " DO UPDATE SET answered_at = EXCLUDED.answered_at"
        " WHERE link_answers.answered_at < EXCLUDED.answered_at - interval '1 minute'",
        link_id,
        answer.verb.value,
        answer.to_person or "",
        incident_id,
        answer.answered_at,
    )
    return status == "INSERT 0 1"


async def newest(conn: Connection, link_id: str) -> Answer | None:
    row = await conn.fetchrow(
        "SELECT verb, to_person, answered_at FROM link_answers WHERE link_id = $1"
        " ORDER BY answered_at DESC LIMIT 1",
        link_id,
    )
    if row is None:
        return None
    return Answer(Verb(row["verb"]), row["to_person"] or None, row["answered_at"])
