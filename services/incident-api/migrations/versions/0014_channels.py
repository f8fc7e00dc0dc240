"""Copies of suppressions and channels, destinations to be confirmed."""

from tocsin_runtime.migrations import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    run_script(TABLES)
