"""SQL: a client's person, erased, is named in no call to staff and no news of an escalation."""

from __future__ import annotations

import json
from datetime import datetime

from tocsin_runtime.database import Connection

_NAMES = """
SELECT person_name AS name FROM deliveries
WHERE client_key = $1 AND person = $2 AND planned_at <= $3 AND person_name <> ''
UNION SELECT name FROM people WHERE client_key = $1 AND person = $2 AND name <> ''
"""
# In lists and fields the name is a whole text; in the step's own words it stands among others.
_FORGET = """
UPDATE messages SET notice = notice
    || CASE WHEN notice->'escalation' ? 'clients' THEN jsonb_build_object('escalation',
           replace(notice->>'escalation', $3, '"this person"')::jsonb
           || jsonb_build_object('reason',
                  replace(notice->'escalation'->>'reason', $4, 'this person')))
       ELSE '{}' END
    || CASE WHEN notice->'news' ? 'key' THEN jsonb_build_object('news',
           replace(notice->>'news', $3, '"this person"')::jsonb)
       ELSE '{}' END
WHERE client_key IS NULL AND created_at <= $2
  AND incident_id IN (SELECT incident_id FROM deliveries WHERE client_key = $1)
  AND (notice->'escalation' ? 'clients' OR notice->'news' ? 'key')
  AND position($4 in notice::text) > 0
"""
_FORGET_WHY = """
UPDATE deliveries SET because = replace(because, $3, 'this person')
WHERE client_key IS NULL AND planned_at <= $2 AND position($3 in because) > 0
  AND incident_id IN (SELECT incident_id FROM deliveries WHERE client_key = $1)
"""


async def forget_in_calls(conn: Connection, client_key: str, person: str, until: datetime) -> None:
    """Before their rows are blanked, which hold the names they went by."""
    for row in await conn.fetch(_NAMES, client_key, person, until):
        name = row["name"]
        written = json.dumps(name, ensure_ascii=False)
        await conn.execute(_FORGET, client_key, until, written, name)
        await conn.execute(_FORGET_WHY, client_key, until, name)
