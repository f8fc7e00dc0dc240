"""Chains of the client's own, pauses and versions of policies."""

from tocsin_runtime.migrations import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("SELECT 1;")
