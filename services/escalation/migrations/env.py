"""Alembic's entry point: how it connects and locks is the runtime's."""

from tocsin_runtime.migrations import run_env

run_env()
