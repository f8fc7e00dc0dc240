"""Promises kept and broken, and what readers say of how they were informed."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
-- The newest that escalation said of each promise; `due_at` tells one update's from the next one's.
CREATE TABLE promises (
    incident_id       text NOT NULL,
    client_key        text NOT NULL,
    promise           text NOT NULL,
    due_at            timestamptz NOT NULL,
    state             text NOT NULL,
    done_at           timestamptz,
    reason            text,
    by_holding_notice boolean NOT NULL,
    every_minutes     integer,
    drill             boolean NOT NULL,
    changed_at        timestamptz NOT NULL,
    PRIMARY KEY (incident_id, client_key, promise, due_at)
) WITH (fillfactor = 80);
CREATE INDEX promises_client ON promises (client_key, due_at);
CREATE INDEX promises_due ON promises (due_at);

-- One answer a person and incident; a later one replaces it. `person` is a key, never a name.
CREATE TABLE feedback (
    incident_id text NOT NULL REFERENCES incidents,
    client_key  text NOT NULL,
    person      text NOT NULL,
    rating      text NOT NULL,
    text        text,
    given_at    timestamptz NOT NULL,
    PRIMARY KEY (incident_id, client_key, person)
);

-- For a client's communications, newest first, and for the statistics of a span of time.
CREATE INDEX deliveries_client ON deliveries (client_key, id) WHERE client_key IS NOT NULL;
CREATE INDEX deliveries_planned ON deliveries (planned_at);
CREATE INDEX incidents_started ON incidents (started_at);
"""


def upgrade() -> None:
    run_script(TABLES)
