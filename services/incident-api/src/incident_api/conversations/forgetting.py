"""Erasing a person: everything outside the directory that holds their name or words."""

from __future__ import annotations

from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.conversations import store
from incident_api.timeline import deliveries


async def forget_person(conn: Connection, client_key: str, person: str, now: datetime) -> None:
    await deliveries.forget_person(conn, client_key, person, now)
    await store.forget(conn, client_key, person)
