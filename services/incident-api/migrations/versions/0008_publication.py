"""Publication, holds, links between incidents."""

from tocsin_runtime.migrations import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INCIDENTS = """
ALTER TABLE incidents
    -- "api", or the format of the alert that opened it: the rules of publication ask.
    ADD COLUMN source             text NOT NULL DEFAULT 'api',
    -- When it publishes itself, and when clients hear that we are checking.
    ADD COLUMN publish_at         timestamptz,
    ADD COLUMN holding_due_at     timestamptz,
    ADD COLUMN holding_notice_at  timestamptz,
    ADD COLUMN holding_stopped    boolean NOT NULL DEFAULT false,
    ADD COLUMN silent_no_news     integer NOT NULL DEFAULT 0,
    -- The systems that failed first of all, as one text; the open incident whose later ones of the
    -- same root become children holds it.
    ADD COLUMN root_key           text,
    -- What its children name beyond its own.
    ADD COLUMN joined_system_keys text[] NOT NULL DEFAULT '{}',
    ADD COLUMN joined_client_keys text[] NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX incidents_open_root ON incidents (root_key)
    WHERE root_key IS NOT NULL AND status IN ('investigating', 'identified', 'monitoring');
CREATE INDEX incidents_parent ON incidents (parent_id) WHERE parent_id IS NOT NULL;
"""

HOLDS = """
-- A write that sends, kept back for some seconds: released, undone, or dropped because the incident
-- moved on. A dropped one is a draft somebody should look at until it is discarded.
CREATE TABLE holds (
    id               text PRIMARY KEY,
    incident_id      text NOT NULL REFERENCES incidents,
    act              text NOT NULL,
    body             jsonb NOT NULL,
    update_id        text,
    actor            text NOT NULL,
    sequence         integer NOT NULL,
    audience_version integer NOT NULL,
    audience_digest  text NOT NULL,
    state            text NOT NULL,
    reason           text,
    until            timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    ended_at         timestamptz
) WITH (fillfactor = 80);
CREATE INDEX holds_incident ON holds (incident_id) WHERE state = 'held';
CREATE INDEX holds_attention ON holds (id) WHERE state IN ('held', 'dropped');
"""


def upgrade() -> None:
    run_script(INCIDENTS)
    run_script(HOLDS)
