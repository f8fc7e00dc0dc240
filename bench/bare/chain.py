"""A bare chain: route → outbox → Kafka → inbox and delivery → SMTP, every hop woken at once.

python chain.py DSN KAFKA SMTP_PORT PORT TOPIC
"""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import asyncpg
import uvicorn
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from fastapi import FastAPI, Request

TABLES = """
CREATE SCHEMA IF NOT EXISTS bare;
CREATE TABLE IF NOT EXISTS bare.chain_outbox (id text PRIMARY KEY, body bytea, sent boolean);
CREATE TABLE IF NOT EXISTS bare.chain_inbox (id text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS bare.chain_delivery (id text PRIMARY KEY, recipient text, state text);
"""


class Chain:
    def __init__(self, dsn: str, kafka: str, smtp_port: int, topic: str) -> None:
        self._dsn, self._kafka, self._topic = dsn, kafka, topic
        self._smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp_port)
        self._outbox: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def start(self) -> None:
        self._pool = await asyncpg.create_pool(self._dsn, min_size=4, max_size=10)
        await self._pool.execute(TABLES)
        self._producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all", linger_ms=0)
        self._consumer = AIOKafkaConsumer(
            self._topic,
            bootstrap_servers=self._kafka,
            group_id=self._topic,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await self._create_topic()
        await self._producer.start()
        await self._consumer.start()
        await self._smtp.connect()
        self._tasks = [asyncio.create_task(self._relay()), asyncio.create_task(self._consume())]

    async def _create_topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._kafka)
        await admin.start()
        await admin.create_topics([NewTopic(self._topic, 12, 1)])
        await admin.close()

    async def accept(self, body: dict[str, Any]) -> str:
        event, raw = str(uuid.uuid4()), json.dumps(body).encode()
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute("INSERT INTO bare.chain_outbox VALUES ($1, $2, false)", event, raw)
        self._outbox.put_nowait((event, raw))
        return event

    async def _relay(self) -> None:
        while True:
            event, raw = await self._outbox.get()
            await self._producer.send_and_wait(self._topic, raw, key=event.encode())
            await self._pool.execute(
                "UPDATE bare.chain_outbox SET sent = true WHERE id = $1", event
            )

    async def _consume(self) -> None:
        async for record in self._consumer:
            event, body = record.key.decode(), json.loads(record.value)
            async with self._pool.acquire() as conn, conn.transaction():
                await conn.execute("INSERT INTO bare.chain_inbox VALUES ($1)", event)
                await conn.execute(
                    "INSERT INTO bare.chain_delivery VALUES ($1, $2, 'pending')", event, body["to"]
                )
            await self._send(event, body)
            await self._pool.execute(
                "UPDATE bare.chain_delivery SET state = 'accepted' WHERE id = $1", event
            )
            await self._consumer.commit()

    async def _send(self, event: str, body: dict[str, Any]) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "desk@msp.example", body["to"], body["title"]
        mail["Message-ID"] = f"<{event}@bare.example>"
        mail.set_content(body["title"])
        await self._smtp.send_message(mail)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._producer.stop()
        await self._consumer.stop()
        await self._pool.close()


def app_on(chain: Chain) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await chain.start()
        yield
        await chain.stop()

    app = FastAPI(lifespan=lifespan)

    @app.post("/alerts", status_code=202)
    async def accept(request: Request) -> dict[str, str]:
        return {"id": await chain.accept(await request.json())}

    return app


if __name__ == "__main__":
    dsn, kafka, smtp, port, topic = sys.argv[1:]
    app = app_on(Chain(dsn, kafka, int(smtp), topic))
    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)
