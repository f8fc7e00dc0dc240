"""A bare endpoint: one FastAPI route, one transaction, two inserts.

python accept.py DSN PORT
"""

import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request

TABLES = """
CREATE SCHEMA IF NOT EXISTS bare;
CREATE TABLE IF NOT EXISTS bare.incident (id text PRIMARY KEY, title text, body jsonb);
CREATE TABLE IF NOT EXISTS bare.outbox (
    id text PRIMARY KEY, topic text, body jsonb, sent_at timestamptz
);
"""


def app_on(dsn: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(dsn, min_size=4, max_size=10)
        await app.state.pool.execute(TABLES)
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/alerts", status_code=202)
    async def accept(request: Request) -> dict[str, Any]:
        body = await request.json()
        incident, raw = str(uuid.uuid4()), json.dumps(body)
        async with app.state.pool.acquire() as conn, conn.transaction():
            await conn.execute(
                "INSERT INTO bare.incident VALUES ($1, $2, $3)", incident, body["groupKey"], raw
            )
            await conn.execute(
                "INSERT INTO bare.outbox VALUES ($1, 'bare', $2)", str(uuid.uuid4()), raw
            )
        return {"incident_id": incident}

    return app


if __name__ == "__main__":
    uvicorn.run(app_on(sys.argv[1]), port=int(sys.argv[2]), log_level="warning", access_log=False)
