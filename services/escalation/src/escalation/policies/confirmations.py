"""SQL of what clients have confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection

from escalation.policies.confirming import Confirmation
from escalation.policies.state import Confirm


async def keep(conn: Connection, incident_id: str, said: Confirmation) -> None:
    """The newest of each client."""
    await conn.execute(
        """INSERT INTO confirms AS c (incident_id, client_key, person, name, source, at)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (incident_id, client_key) DO UPDATE SET person = excluded.person,
               name = excluded.name, source = excluded.source, at = excluded.at
           WHERE c.at < excluded.at""",
        incident_id,
        said.client_key,
        said.confirm.person,
        said.confirm.name,
        said.source.value,
        said.confirm.at,
    )


async def load(
    conn: Connection, incident_ids: Collection[str]
) -> dict[str, dict[str, Confirmation]]:
    """By incident and client."""
    rows = await conn.fetch(
        """SELECT incident_id, client_key, person, name, source, at FROM confirms
           WHERE incident_id = ANY($1::text[])""",
        list(incident_ids),
    )
    found: dict[str, dict[str, Confirmation]] = defaultdict(dict)
    for incident_id, client_key, person, name, source, at in rows:
        said = Confirmation(client_key, Confirm(person, name, at), QuestionSource(source))
        found[incident_id][client_key] = said
    return found
