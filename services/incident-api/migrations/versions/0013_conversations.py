"""Conversations: questions and answers, one an incident and client."""

from tocsin_runtime.migrations import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    run_script(TABLES)
