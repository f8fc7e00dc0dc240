"""Maintenance windows as far as the dispatcher knows them."""

from tocsin_runtime.migrations import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    run_script(TABLES)
