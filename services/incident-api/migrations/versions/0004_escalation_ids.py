"""Escalations are called by an id of their own."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The default serves rows written before ids were, and by a version that does not know them.
IDS = """
ALTER TABLE escalations ADD COLUMN id text NOT NULL DEFAULT gen_random_uuid()::text;
CREATE UNIQUE INDEX escalations_id ON escalations (id);
"""


def upgrade() -> None:
    run_script(IDS)
