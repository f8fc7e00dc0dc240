"""Promises as clocks."""

from tocsin_runtime.migrations import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    run_script(TABLES)
