"""A bare timer loop: claim what is due, write one outbox row each, commit.

    python timers.py DSN BODY_FILE

Runs until it is told to end.
"""

import asyncio
import sys
import uuid
from pathlib import Path

import asyncpg
import uvloop

BATCH = 200
CLAIM = """
WITH due AS MATERIALIZED (SELECT kind, key FROM timers WHERE due_at <= now()
                          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
DELETE FROM timers t USING due WHERE t.kind = due.kind AND t.key = due.key RETURNING t.subject
"""
WRITE = """
INSERT INTO outbox (event_id, topic, message_key, ordering_key, shard, body, headers)
SELECT id, 'tocsin.escalations', subject, subject, 0, $3, '{}'
FROM unnest($1::text[], $2::text[]) AS told(id, subject)
"""


async def main(dsn: str, body: bytes) -> None:
    conn = await asyncpg.connect(dsn)
    print("ready", flush=True)
    while True:
        async with conn.transaction():
            due = [row["subject"] for row in await conn.fetch(CLAIM, BATCH)]
            if due:
                await conn.execute(WRITE, [uuid.uuid4().hex for _ in due], due, body)
        if not due:
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes()))
