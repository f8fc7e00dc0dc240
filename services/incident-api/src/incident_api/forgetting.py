"""Erasing a person: everything outside the directory that holds their name, address or words."""

from __future__ import annotations

from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.channels import destinations_store
from incident_api.channels import store as channels
from incident_api.conversations import store as conversations
from incident_api.timeline import deliveries


async def forget_person(conn: Connection, client_key: str, person: str, now: datetime) -> None:
    await deliveries.forget_person(conn, client_key, person, now)
    await conversations.forget(conn, client_key, person)
    await channels.forget(conn, client_key, person)
    await destinations_store.forget(conn, client_key, person)
