"""Publishes the built-in entries: at the first start, and when a new version changed them."""

from __future__ import annotations

import hashlib
import json
import secrets

from tocsin_runtime.database import Connection, lock_subject

from incident_api.directory import store
from incident_api.directory.apply import LOCK, DirectoryWriter
from incident_api.directory.changes import News
from incident_api.directory.publishing import BUILT_IN
from incident_api.directory.snapshot import State


def built_in_digest() -> bytes:
    documents = {"/".join(i): model.model_dump(mode="json") for i, model in BUILT_IN.items()}
    return hashlib.sha256(json.dumps(documents, sort_keys=True).encode()).digest()


async def publish_built_in(conn: Connection, writer: DirectoryWriter) -> bool:
    """Whether there was anything to publish; safe to call at every start of every replica."""
    await lock_subject(conn, LOCK)
    state = await store.read_state(conn)
    digest = built_in_digest()
    if state is not None and state.defaults_digest == digest:
        return False
    written = (await store.read_snapshot(conn)).entries
    revision = 1 if state is None else state.revision + 1
    key = secrets.token_bytes(32) if state is None else state.comparison_key
    await store.write_state(conn, State(revision, key, digest, revision, revision))
    in_force = {i: model for i, model in BUILT_IN.items() if i not in written}
    await writer.publish(conn, News(in_force, {}), revision)
    return True
