"""Rows that wait, and why: quiet hours, caps, fallbacks."""

from tocsin_runtime.migrations import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
-- limits: what may hold a row back, frozen when it was planned; null where nothing may.
-- rules: the places of the plan's notify rules that it serves.
-- stands_in_for: a fallback goes only if none of these rows was accepted by deadline; after_minutes
-- is what they are given once they may go. fallbacks: the rows that stand in for this one.
-- folded_into: the digest that tells it.
ALTER TABLE deliveries
    ADD COLUMN limits        jsonb,
    ADD COLUMN rules         jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN stands_in_for jsonb,
    ADD COLUMN after_minutes double precision,
    ADD COLUMN deadline      timestamptz,
    ADD COLUMN fallbacks     jsonb,
    ADD COLUMN folded_into   text;
"""

INDEXES = """
-- What a worker looks at when it is due: to be sent, let go, or stood in for.
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (channel, urgency, due_at, position)
    WHERE state IN ('planned', 'waiting', 'pending');
-- What one destination got and gets, of rows that may be held back.
CREATE INDEX deliveries_got ON deliveries (channel, destination, accepted_at)
    WHERE limits IS NOT NULL AND folded_into IS NULL AND accepted_at IS NOT NULL;
CREATE INDEX deliveries_queued ON deliveries (channel, destination, position)
    WHERE limits IS NOT NULL AND state IN ('waiting', 'pending', 'sending');
CREATE INDEX deliveries_folded ON deliveries (folded_into) WHERE folded_into IS NOT NULL;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(INDEXES)
