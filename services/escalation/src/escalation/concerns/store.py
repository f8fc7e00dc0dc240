"""SQL of questions without an answer and of people out of reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from tocsin_runtime.database import Connection

from escalation.concerns.rules import Asked, Unreached


async def ask(conn: Connection, incident_id: str, question: Asked) -> None:
    """A question whose answer was heard of first stays answered."""
    await conn.execute(
        """INSERT INTO questions (question_id, incident_id, client_key, asker, answer_due, asked_at)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (question_id) DO NOTHING""",
        question.question_id,
        incident_id,
        question.client_key,
        question.asker,
        question.answer_due,
        question.asked_at,
    )


async def answer(conn: Connection, incident_id: str, question_ids: Collection[str]) -> None:
    await conn.execute(
        """INSERT INTO questions (question_id, incident_id, answered)
           SELECT id, $1, true FROM unnest($2::text[]) AS id
           ON CONFLICT (question_id) DO UPDATE SET answered = true""",
        incident_id,
        list(question_ids),
    )


async def open_questions(conn: Connection, incident_ids: Collection[str]) -> dict[str, list[Asked]]:
    rows = await conn.fetch(
        """SELECT incident_id, question_id, client_key, asker, answer_due, asked_at
           FROM questions WHERE incident_id = ANY($1::text[]) AND NOT answered""",
        list(incident_ids),
    )
    found: dict[str, list[Asked]] = defaultdict(list)
    for incident_id, *asked in rows:
        found[incident_id].append(Asked(*asked))
    return found


async def unreached(conn: Connection, incident_id: str, person: Unreached) -> None:
    await conn.execute(
        """INSERT INTO unreachable (incident_id, client_key, person, name, at, roles)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (incident_id, client_key, person) DO NOTHING""",
        incident_id,
        person.client_key,
        person.person,
        person.name,
        person.at,
        list(person.roles),
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


async def out_of_reach(
    conn: Connection, incident_ids: Collection[str]
) -> dict[str, list[Unreached]]:
    rows = await conn.fetch(
        """SELECT incident_id, client_key, person, name, at, roles FROM unreachable
           WHERE incident_id = ANY($1::text[])""",
        list(incident_ids),
    )
    found: dict[str, list[Unreached]] = defaultdict(list)
    for incident_id, client_key, person, name, at, roles in rows:
        found[incident_id].append(Unreached(client_key, person, name, at, tuple(roles)))
    return found
