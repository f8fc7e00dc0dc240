"""SQL of short links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin_runtime.database import Connection

from dispatcher.links.short import ShortLink
from dispatcher.links.tokens import Link, Purpose

_KEEP = """
INSERT INTO short_links (digest, link, made_at, expires_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO NOTHING
"""
_FIND = "SELECT link, made_at FROM short_links WHERE digest = $1 AND expires_at > $2"
_FORGET = """
DELETE FROM short_links WHERE digest IN (
    SELECT digest FROM short_links WHERE expires_at < now() - interval '30 days' LIMIT 1000)
"""


async def keep(conn: Connection, links: Sequence[ShortLink], now: datetime) -> None:
    """What was kept at an earlier attempt stays as it is: its validity counts from then."""
    rows = [(one.digest, _to_json(one.link), now, one.expires_at(now)) for one in links]
    await conn.executemany(_KEEP, rows)


async def find(conn: Connection, digest: str, now: datetime) -> tuple[Link, datetime] | None:
    """What a code leads to, and when that was made; ``None``: nowhere, or not any more."""
    row = await conn.fetchrow(_FIND, digest, now)
    return (_from_json(row["link"]), row["made_at"]) if row else None


async def forget_expired(conn: Connection) -> None:
    await conn.execute(_FORGET)


def _to_json(link: Link) -> dict[str, Any]:
    return {
        "purpose": link.purpose.value,
        "delivery_id": link.delivery_id,
        "incident_id": link.incident_id,
        "person": link.person,
        "client_keys": list(link.client_keys),
        "about": link.about,
    }


def _from_json(kept: dict[str, Any]) -> Link:
    return Link(
        purpose=Purpose(kept["purpose"]),
        delivery_id=kept["delivery_id"],
        incident_id=kept["incident_id"],
        person=kept["person"],
        client_keys=tuple(kept["client_keys"]),
        about=kept["about"],
    )
