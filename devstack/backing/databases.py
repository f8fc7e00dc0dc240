"""A database and a role for each service, reachable by that role alone."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg

Result = TypeVar("Result")


def blocking(work: Coroutine[Any, Any, Result]) -> Result:
    """Run ``work`` to its end from ordinary code, also where an event loop already runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def database_name(service: str) -> str:
    """``incident-api`` → ``incident_api``; the role has the same name."""
    return service.replace("-", "_")


def address(server_url: str, database: str, role: str | None = None) -> str:
    """``server_url`` pointed at ``database``, signed in as ``role`` where one is given."""
    parts = urlsplit(server_url)
    host = parts.netloc.rpartition("@")[2]
    login = role if role is not None else parts.netloc.rpartition("@")[0]
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{login}@{host}/{database}{query}"


async def ensure_database(server_url: str, service: str) -> str:
    """Create the service's role and database if they are missing; answers the service's DSN."""
    name = database_name(service)
    connection = await asyncpg.connect(server_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
            await connection.execute(f'CREATE ROLE "{name}" LOGIN')
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
        await connection.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')
    finally:
        await connection.close()
    return address(server_url, name, name)


async def run_statements(server_url: str, statements: Sequence[str]) -> None:
    """Each statement by itself, outside a transaction (``CREATE DATABASE`` needs that)."""
    connection = await asyncpg.connect(server_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
