"""SQL of what came back of text messages."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts.directory import Provider
from tocsin_runtime.database import Connection

_NOTE = """
INSERT INTO texts (sid, delivery_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING sid
"""
_COUNT = "SELECT count(*) FROM texts WHERE delivery_id = $1"
_WHO = """
SELECT contact->>'locale', d.document->>'locale' FROM people p
LEFT JOIN directory_entries d ON d.kind = 'client' AND d.key = p.client_key
LEFT JOIN LATERAL jsonb_array_elements(d.document->'contacts') contact
    ON contact->>'key' = p.person
WHERE p.labels->>'sms' = $1
ORDER BY p.client_key, p.person LIMIT 1
"""
_FORGET = """
DELETE FROM texts WHERE sid IN (
    SELECT sid FROM texts WHERE at < now() - interval '90 days' LIMIT 1000)
"""
_PROVIDER = "SELECT document FROM directory_entries WHERE kind = 'provider' LIMIT 1"


async def note(conn: Connection, sid: str, delivery_id: str | None, now: datetime) -> bool:
    """Whether it is the first time; of two at once the second waits for the first."""
    return await conn.fetchval(_NOTE, sid, delivery_id, now) is not None


async def unnote(conn: Connection, sid: str) -> None:
    """It may come again."""
    await conn.execute("DELETE FROM texts WHERE sid = $1", sid)


async def count(conn: Connection, delivery_id: str) -> int:
    """How many texts of this delivery reached nobody."""
    return int(await conn.fetchval(_COUNT, delivery_id))


async def forget_old(conn: Connection) -> None:
    """Nothing that old is told of again."""
    await conn.execute(_FORGET)


async def locales_at(conn: Connection, destination: str) -> tuple[str | None, str | None]:
    """The locale of whoever has that number, and their client's; ``None``: nobody we know, none is
    set, or staff."""
    own, of_client = await conn.fetchrow(_WHO, destination) or (None, None)
    return own, of_client


async def provider(conn: Connection) -> Provider | None:
    document = await conn.fetchval(_PROVIDER)
    return Provider.model_validate(document, extra="ignore") if document else None
