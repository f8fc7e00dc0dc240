"""Absences, duty calendars and their feeds."""

from tocsin_runtime.migrations import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("SELECT 1;")
