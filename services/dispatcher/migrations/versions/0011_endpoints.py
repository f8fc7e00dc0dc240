"""How webhook endpoints do."""

from tocsin_runtime.migrations import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
-- Webhook endpoints that take nothing just now, by the digest of their address; whatever arrives
-- there removes the row. One that is disabled is among the suppressions.
CREATE TABLE failing_endpoints (
    destination text PRIMARY KEY,
    since       timestamptz NOT NULL,
    last        timestamptz NOT NULL,
    failures    int NOT NULL,
    warned      boolean NOT NULL DEFAULT false
);
-- A webhook that a person sends once more keeps the id of the first: receivers know it by that.
ALTER TABLE deliveries ADD COLUMN repeats text;
-- What waits to go to one of them, or was given up meanwhile.
CREATE INDEX deliveries_to_endpoints ON deliveries (destination, due_at)
    WHERE channel = 'webhook' AND state IN ('pending', 'waiting');
"""


def upgrade() -> None:
    run_script(TABLES)
