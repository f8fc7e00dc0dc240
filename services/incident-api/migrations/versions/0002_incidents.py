"""Incidents, alerts, audiences and updates, and copies of deliveries and escalations."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INCIDENTS = """
CREATE SEQUENCE incident_ref START 1001;

CREATE TABLE incidents (
    id                   text PRIMARY KEY,
    ref                  text NOT NULL UNIQUE,
    sequence             integer NOT NULL,
    title                text NOT NULL,
    description          text,
    severity             text NOT NULL,
    status               text NOT NULL,
    visibility           text NOT NULL,
    routed               boolean NOT NULL,
    drill                boolean NOT NULL,
    impact               text,
    impact_level         text,
    system_keys          text[] NOT NULL,
    client_keys          text[] NOT NULL,
    exclude_client_keys  text[] NOT NULL,
    first_steps          text,
    eta                  timestamptz,
    workaround           text,
    started_at           timestamptz NOT NULL,
    known_at             timestamptz NOT NULL,
    acknowledged_at      timestamptz,
    acknowledged_by      text,
    resolved_at          timestamptz,
    closed_at            timestamptz,
    previous_incident_id text REFERENCES incidents,
    parent_id            text REFERENCES incidents,
    root_cause           text,
    audience_version     integer NOT NULL,
    -- Alerts that may share this incident, and how many of its alerts fire: counted here because
    -- a count under another transaction's lock would be an old one.
    group_key            text,
    firing               integer NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX incidents_open_group ON incidents (group_key)
    WHERE group_key IS NOT NULL AND status IN ('investigating', 'identified', 'monitoring');
CREATE INDEX incidents_open ON incidents (id)
    WHERE status IN ('investigating', 'identified', 'monitoring');
CREATE INDEX incidents_systems ON incidents USING gin (system_keys);

CREATE TABLE audience_clients (
    incident_id       text NOT NULL REFERENCES incidents,
    client_key        text NOT NULL,
    position          integer NOT NULL,
    client_revision   bigint NOT NULL,
    plan_key          text NOT NULL,
    severity_entry    text NOT NULL,
    escalation_policy text,
    systems           text[] NOT NULL,
    via               text[] NOT NULL,
    first_notice_due  timestamptz,
    next_update_due   timestamptz,
    closure_due       timestamptz,
    because           text NOT NULL,
    PRIMARY KEY (incident_id, client_key)
) WITH (fillfactor = 80);
CREATE INDEX audience_clients_client ON audience_clients (client_key, incident_id);

CREATE TABLE incident_updates (
    id             text PRIMARY KEY,
    incident_id    text NOT NULL REFERENCES incidents,
    sequence       integer NOT NULL,
    revision       integer NOT NULL,
    status         text,
    kind           text,
    message        text NOT NULL,
    progress       text,
    eta            timestamptz,
    workaround     text,
    watch_until    timestamptz,
    client_keys    text[],
    internal_only  boolean NOT NULL,
    next_update_at timestamptz,
    occurred_at    timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    actor          text NOT NULL,
    event_id       text,
    struck         boolean NOT NULL,
    strike_reason  text
);
CREATE INDEX incident_updates_incident ON incident_updates (incident_id, sequence);

-- What was published with the closing note, for the report.
CREATE TABLE incident_closures (
    incident_id text PRIMARY KEY REFERENCES incidents,
    document    jsonb NOT NULL
);
"""

ALERTS = """
CREATE TABLE alerts (
    id           text PRIMARY KEY,
    integration  text NOT NULL,
    dedup_key    text NOT NULL,
    incident_id  text NOT NULL REFERENCES incidents,
    firing       boolean NOT NULL,
    severity     text NOT NULL,
    title        text NOT NULL,
    system_names text[] NOT NULL,
    client_names text[] NOT NULL,
    starts_at    timestamptz,
    received_at  timestamptz NOT NULL,
    resolved_at  timestamptz,
    link         text,
    -- The incident this key means today; older rows stay with theirs.
    current      boolean NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX alerts_current ON alerts (integration, dedup_key) WHERE current;
CREATE INDEX alerts_incident ON alerts (incident_id);
"""

TIMELINE = """
CREATE TABLE timeline (
    id          text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents,
    sequence    integer NOT NULL,
    at          timestamptz NOT NULL,
    type        text NOT NULL,
    actor       text NOT NULL,
    text        text NOT NULL,
    event_id    text,
    data        jsonb NOT NULL
);
CREATE INDEX timeline_incident ON timeline (incident_id, at);

CREATE TABLE deliveries (
    id          text PRIMARY KEY,
    incident_id text NOT NULL,
    cause_id    text NOT NULL,
    kind        text NOT NULL,
    client_key  text,
    person      text NOT NULL,
    person_name text NOT NULL,
    roles       text[] NOT NULL,
    channel     text NOT NULL,
    state       text NOT NULL,
    reason      text,
    because     text NOT NULL,
    attempt     integer NOT NULL,
    provider_id text,
    planned_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX deliveries_incident ON deliveries (incident_id, cause_id);

CREATE TABLE escalations (
    incident_id text NOT NULL,
    client_key  text NOT NULL,
    state       text NOT NULL,
    policy_key  text,
    person      text,
    person_name text,
    expires_at  timestamptz,
    next_name   text,
    next_at     timestamptz,
    reason      text NOT NULL,
    changed_at  timestamptz NOT NULL,
    PRIMARY KEY (incident_id, client_key)
) WITH (fillfactor = 80);
"""


def upgrade() -> None:
    run_script(INCIDENTS)
    run_script(ALERTS)
    run_script(TIMELINE)
