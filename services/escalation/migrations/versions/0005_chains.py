"""Calls of channels that take turns, who at a client has confirmed, and whom we forget."""

from tocsin_runtime.migrations import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
-- How many channels take turns in one round of the call's step.
ALTER TABLE calls ADD COLUMN turns integer NOT NULL DEFAULT 1;

-- A confirm may be heard of before the outage it is about, or before the client's chain begins.
CREATE TABLE confirms (
    incident_id  text NOT NULL,
    client_key   text NOT NULL,
    person       text NOT NULL,
    name         text NOT NULL,
    source       text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (incident_id, client_key)
);

-- Clients' people whose names are kept no more, as of when: the log remembers for longer.
CREATE TABLE erased_contacts (
    client_key  text NOT NULL,
    person      text NOT NULL,
    erased_at   timestamptz NOT NULL,
    PRIMARY KEY (client_key, person)
);
"""


def upgrade() -> None:
    run_script(TABLES)
