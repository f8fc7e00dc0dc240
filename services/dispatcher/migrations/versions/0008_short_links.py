"""Short links in text messages, and text messages of which something came back."""

from tocsin_runtime.migrations import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
-- The code itself is nowhere: digest is the SHA-256 of its letters. link is what the long link will
-- let its reader do, made when the short one is opened; made_at is what its validity counts from.
CREATE TABLE short_links (
    digest     text PRIMARY KEY,
    link       jsonb NOT NULL,
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX short_links_expired ON short_links (expires_at);

-- What a provider told us of a text message and what was dealt with once, whatever is repeated:
-- texts of ours that reached nobody (delivery_id), STOP and START of readers (none).
CREATE TABLE texts (
    sid         text PRIMARY KEY,
    delivery_id text,
    at          timestamptz NOT NULL
);
CREATE INDEX texts_delivery ON texts (delivery_id) WHERE delivery_id IS NOT NULL;
"""


def upgrade() -> None:
    run_script(TABLES)
