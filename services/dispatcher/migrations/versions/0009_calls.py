"""Calls under way, and how they ended."""

from tocsin_runtime.migrations import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
-- One a call of the provider, several to a message that nobody heard at first. Rows begin with the
-- first call-back. answered_by: a person, a machine, a fax, by the provider's ear. heard_at: it was
-- read to its end, or a key was pressed. ended_at: its end was dealt with, which is done once.
CREATE TABLE calls (
    sid         text PRIMARY KEY,
    delivery_id text NOT NULL,
    status      text NOT NULL,
    answered_by text,
    heard_at    timestamptz,
    first_at    timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX calls_delivery ON calls (delivery_id);
"""


def upgrade() -> None:
    run_script(TABLES)
