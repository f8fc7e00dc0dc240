"""What readers answered."""

from tocsin_runtime.migrations import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
-- What came in, so that the same twice counts once. id is ours; provider_key and sender are digests
-- of the provider's own id and of the address it came from; no text and no address is kept.
CREATE TABLE inbound (
    id           text PRIMARY KEY,
    channel      text NOT NULL,
    provider_key text NOT NULL,
    sender       text NOT NULL,
    at           timestamptz NOT NULL,
    became       text,
    incident_id  text,
    client_key   text,
    person       text,
    delivery_id  text,
    UNIQUE (channel, provider_key)
);
-- When its reader said that they have read it.
ALTER TABLE deliveries ADD COLUMN confirmed_at timestamptz;
-- The sealed address of a destination that is to be confirmed, which is none of its person's yet.
ALTER TABLE deliveries ADD COLUMN sealed text;
-- An answer names what it answers by the provider's id of the message or of its thread, or is about
-- the newest message to where it comes from.
CREATE INDEX deliveries_destination ON deliveries (channel, destination, position);
CREATE INDEX deliveries_provider ON deliveries (provider_id)
    WHERE channel IN ('slack', 'teams') AND provider_id IS NOT NULL;
CREATE INDEX threads_root ON threads (root_id);
"""


def upgrade() -> None:
    run_script(TABLES)
