"""Slack: what one conversation was told."""

from tocsin_runtime.migrations import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
-- provider_id is channel/ts: who asks in a channel hears what this channel was told.
CREATE INDEX deliveries_conversation ON deliveries (split_part(provider_id, '/', 1), position)
    WHERE channel = 'slack' AND provider_id IS NOT NULL;
"""


def upgrade() -> None:
    run_script(TABLES)
