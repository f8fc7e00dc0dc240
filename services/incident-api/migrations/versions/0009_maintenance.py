"""Maintenance windows."""

from tocsin_runtime.migrations import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE SEQUENCE maintenance_ref START 301;

CREATE TABLE maintenance_windows (
    id                  text PRIMARY KEY,
    ref                 text NOT NULL UNIQUE,
    sequence            integer NOT NULL,
    title               text NOT NULL,
    status              text NOT NULL,
    starts_at           timestamptz NOT NULL,
    ends_at             timestamptz NOT NULL,
    created_at          timestamptz NOT NULL,
    system_keys         text[] NOT NULL,
    overrun             boolean NOT NULL,
    impact              text,
    impact_level        text,
    purpose             text,
    preparation         text,
    object_by           timestamptz,
    alerts              text NOT NULL,
    remind_hours_before double precision[] NOT NULL,
    calendar_sequence   integer NOT NULL,
    started_at          timestamptz,
    ended_at            timestamptz,
    outcome             text,
    audience_version    integer NOT NULL,
    clients             jsonb NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX maintenance_windows_in_progress ON maintenance_windows (id)
    WHERE status = 'in_progress';
CREATE INDEX maintenance_windows_clients ON maintenance_windows USING gin (clients jsonb_path_ops);

-- Alerts that a window keeps quiet: no incident is theirs. alert is what the tool sent, in our
-- words, to be taken anew if it still fires when the work is over.
CREATE TABLE maintenance_alerts (
    integration text NOT NULL,
    dedup_key   text NOT NULL,
    window_id   text NOT NULL REFERENCES maintenance_windows,
    firing      boolean NOT NULL,
    title       text NOT NULL,
    severity    text NOT NULL,
    alert       jsonb NOT NULL,
    format      text NOT NULL,
    actor       text NOT NULL,
    received_at timestamptz NOT NULL,
    repeated_at timestamptz NOT NULL,
    resolved_at timestamptz,
    incident_id text REFERENCES incidents,
    PRIMARY KEY (window_id, integration, dedup_key)
);
CREATE INDEX maintenance_alerts_firing ON maintenance_alerts (integration, dedup_key)
    WHERE firing;

-- A timeline is an incident's or a window's.
ALTER TABLE timeline DROP CONSTRAINT timeline_incident_id_fkey;
"""


def upgrade() -> None:
    run_script(TABLES)
