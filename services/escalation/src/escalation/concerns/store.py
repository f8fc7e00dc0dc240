"""SQL of questions without an answer and of people out of reach."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tocsin_runtime.database import Connection

from escalation.concerns.rules import Asked, Unreached


async def ask(conn: Connection, incident_id: str, question: Asked) -> None:
    """A question whose answer was heard of first stays answered."""
    await conn.execute(
        """INSERT INTO questions (question_id, incident_id, client_key, asker, answer_due)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (question_id) DO NOTHING""",
        question.question_id,
        incident_id,
        question.client_key,
        question.asker,
        question.answer_due,
    )


async def answer(conn: Connection, incident_id: str, question_ids: Collection[str]) -> None:
    await conn.execute(
        """INSERT INTO questions (question_id, incident_id, answered)
           SELECT id, $1, true FROM unnest($2::text[]) AS id
           ON CONFLICT (question_id) DO UPDATE SET answered = true""",
        incident_id,
        list(question_ids),
    )


async def open_questions(conn: Connection, incident_id: str) -> list[Asked]:
    rows = await conn.fetch(
        """SELECT question_id, client_key, asker, answer_due FROM questions
           WHERE incident_id = $1 AND NOT answered""",
        incident_id,
    )
    return [Asked(**row) for row in rows]


async def unreached(conn: Connection, incident_id: str, person: Unreached) -> None:
    await conn.execute(
        """INSERT INTO unreachable (incident_id, client_key, person, name, at)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (incident_id, client_key, person) DO NOTHING""",
        incident_id,
        person.client_key,
        person.person,
        person.name,
        person.at,
    )


async def reached(conn: Connection, people: Collection[tuple[str, str, str, datetime]]) -> None:
    """Incident, client, person and when: whoever got a message, or a call, is in reach again."""
    if not people:
        return
    incidents, clients, persons, moments = zip(*people, strict=True)
    await conn.execute(
        """DELETE FROM unreachable u
           USING unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
               AS r(incident_id, client_key, person, at)
           WHERE u.incident_id = r.incident_id AND u.client_key = r.client_key
             AND u.person = r.person AND r.at > u.at""",
        list(incidents),
        list(clients),
        list(persons),
        list(moments),
    )


async def out_of_reach(conn: Connection, incident_id: str) -> list[Unreached]:
    rows = await conn.fetch(
        "SELECT client_key, person, name, at FROM unreachable WHERE incident_id = $1", incident_id
    )
    return [Unreached(**row) for row in rows]
