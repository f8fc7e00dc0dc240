"""The first key, named by the environment: whoever starts the service can make all others."""

from __future__ import annotations

from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.auth import store
from incident_api.auth.tokens import digest, shown_prefix


async def apply_bootstrap_key(conn: Connection, token: str | None, now: datetime) -> None:
    """Make the key in the table the one in the environment; without one there, revoke it."""
    if token is None:
        await store.revoke(conn, store.BOOTSTRAP_ID, now)
    else:
        await store.set_bootstrap(conn, shown_prefix(token)[: len(token) // 2], digest(token), now)
