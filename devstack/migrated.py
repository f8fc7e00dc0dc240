"""Bring a service's database to its newest schema."""

from __future__ import annotations

from pathlib import Path

from tocsin_runtime.migrations import upgrade_within
from tocsin_runtime.schema import RUNTIME_TABLES_V1

from devstack.backing.databases import blocking, run_statements

ROOT = Path(__file__).resolve().parents[1]
RUNTIME = "runtime"


def migrate(service: str, dsn: str) -> None:
    """Run ``services/<service>/migrations`` on ``dsn``, or the runtime's tables for ``runtime``."""
    if service == RUNTIME:
        blocking(run_statements(dsn, [RUNTIME_TABLES_V1]))
        return

    blocking(upgrade_within(dsn, ROOT / "services" / service / "migrations"))
