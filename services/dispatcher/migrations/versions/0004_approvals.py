"""Messages that wait for a person's yes."""

from tocsin_runtime.migrations import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
-- What an approver was asked. content_sha256 is over everything that will be said; decide_by is the
-- moment at which on_no_answer counts; ended_at is null while it can be answered.
CREATE TABLE approvals (
    id             text PRIMARY KEY,
    incident_id    text NOT NULL,
    client_key     text NOT NULL,
    kind           text NOT NULL,
    cause_id       text NOT NULL,
    content_sha256 text NOT NULL,
    approver       text NOT NULL,
    approver_name  text NOT NULL,
    decide_by      timestamptz NOT NULL,
    on_no_answer   text NOT NULL,
    requested_at   timestamptz NOT NULL,
    ended_at       timestamptz,
    outcome        text
);
CREATE INDEX approvals_open ON approvals (incident_id) WHERE ended_at IS NULL;
-- The approval without which a row does not go.
ALTER TABLE deliveries ADD COLUMN approval_id text;
CREATE INDEX deliveries_approval ON deliveries (approval_id) WHERE approval_id IS NOT NULL;
-- A new incident that names an older one takes back what was to be asked about that.
CREATE INDEX incidents_previous ON incidents ((snapshot->>'previous_incident_id'))
    WHERE snapshot->>'previous_incident_id' IS NOT NULL;
"""


def upgrade() -> None:
    run_script(TABLES)
