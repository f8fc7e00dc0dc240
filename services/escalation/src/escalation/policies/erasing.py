"""SQL that blanks the names of clients' people who were erased.

The events in our own log keep them for as long as the topic does, so a rebuild blanks them again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tocsin_runtime.database import Connection

_ERASED = """
INSERT INTO erased_contacts (client_key, person, erased_at) VALUES ($1, $2, $3)
ON CONFLICT (client_key, person) DO UPDATE SET erased_at = EXCLUDED.erased_at
"""
_CALLS = """
UPDATE calls AS c
SET people = (SELECT jsonb_agg(CASE WHEN one ->> 'person' = e.person
                                    THEN one || '{"name": ""}' ELSE one END)
              FROM jsonb_array_elements(c.people) AS one)
FROM erased_contacts AS e
WHERE e.client_key = ANY($1::text[]) AND c.client_key = e.client_key AND c.chain = 'client'
  AND c.at <= e.erased_at
  AND c.people @> jsonb_build_array(jsonb_build_object('person', e.person))
"""
_CHAINS = """
UPDATE escalations AS c SET document = jsonb_set(c.document, '{confirmed,name}', '""')
FROM erased_contacts AS e
WHERE e.client_key = ANY($1::text[]) AND c.client_key = e.client_key AND c.chain = 'client'
  AND c.document #>> '{confirmed,person}' = e.person
  AND (c.document #>> '{confirmed,at}')::timestamptz <= e.erased_at
"""
_CONFIRMS = """
UPDATE confirms AS c SET name = ''
FROM erased_contacts AS e
WHERE e.client_key = ANY($1::text[]) AND c.client_key = e.client_key AND c.person = e.person
  AND c.at <= e.erased_at
"""
_UNREACHABLE = """
DELETE FROM unreachable AS u
USING erased_contacts AS e
WHERE e.client_key = ANY($1::text[]) AND u.client_key = e.client_key AND u.person = e.person
  AND u.at <= e.erased_at
"""


async def forget_person(conn: Connection, client_key: str, person: str, at: datetime) -> None:
    """What they were called for until ``at`` stays, without their name."""
    await conn.execute(_ERASED, client_key, person, at)
    await blank(conn, [client_key])


async def blank(conn: Connection, client_keys: Collection[str]) -> None:
    for statement in (_CALLS, _CHAINS, _CONFIRMS, _UNREACHABLE):
        await conn.execute(statement, list(client_keys))
