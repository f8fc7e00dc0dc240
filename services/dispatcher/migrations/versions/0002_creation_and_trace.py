"""When this database began, and the trace that each message belongs to."""

from tocsin_runtime.migrations import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CREATION = """
-- One row. What happened before this database was created was told from another one: an emptied
-- database before a full topic sends nothing. One that is in use already is as old as what it read.
CREATE TABLE creation (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    created_at timestamptz NOT NULL
);
INSERT INTO creation (created_at) SELECT coalesce(min(received_at), now()) FROM inbox;
"""

TRACE = """
-- Of the event behind the message (W3C Trace Context).
ALTER TABLE messages ADD COLUMN traceparent text;
"""


def upgrade() -> None:
    for script in (CREATION, TRACE):
        run_script(script)
