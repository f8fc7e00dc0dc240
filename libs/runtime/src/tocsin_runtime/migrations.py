"""Bringing a database to the schema its service needs (Alembic, under an advisory lock)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

from tocsin_runtime.health import Check

MIGRATION_LOCK = 0x746F637300000001


def upgrade(dsn: str, directory: Path) -> None:
    """Apply every migration of ``directory`` that is missing; two at once wait for each other."""
    asyncio.run(upgrade_within(dsn, directory))


async def upgrade_within(dsn: str, directory: Path) -> None:
    """The same inside a running event loop."""
    engine = create_async_engine(_async_url(dsn), poolclass=pool.NullPool)
    try:
        async with engine.begin() as conn:
            await conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            await conn.run_sync(_upgrade, directory)
    finally:
        await engine.dispose()


def run_env() -> None:
    """What each service's ``migrations/env.py`` calls."""
    from alembic import context

    context.configure(connection=context.config.attributes["connection"], target_metadata=None)
    context.run_migrations()


def run_script(script: str) -> None:
    """Execute several statements inside a migration.

    The driver prepares what ``op.execute`` gets, and PostgreSQL prepares one statement at a time.
    """
    from alembic import op
    from sqlalchemy.util import await_only

    await_only(op.get_bind().connection.driver_connection.execute(script))  # type: ignore[union-attr]


def schema_fits(fetch_version: Check, directory: Path) -> Check:
    """A readiness check: the database is at our newest migration, or at one newer than we know."""
    script = ScriptDirectory(str(directory))
    newest = script.get_current_head()
    known = {revision.revision for revision in script.walk_revisions()}

    async def check() -> str | None:
        version = await fetch_version()
        if version == newest or (version is not None and version not in known):
            return None
        return f"database schema is at {version or 'nothing'}, needs {newest}: run migrate"

    return check


async def current_version(pool: asyncpg.Pool[asyncpg.Record]) -> str | None:
    """The revision the database is at, ``None`` before the first migration."""
    try:
        version: str | None = await pool.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return version


def _upgrade(connection: SqlConnection, directory: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(directory))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _async_url(dsn: str) -> str:
    _, _, rest = dsn.partition("://")
    return f"postgresql+asyncpg://{rest}"
