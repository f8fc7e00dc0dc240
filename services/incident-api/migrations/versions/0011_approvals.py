"""Approvals asked for, and their answers."""

from tocsin_runtime.migrations import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
-- What the dispatcher asked for, and what was answered. status: waiting, approved, refused, ended
-- (nobody's answer counted); outcome is the dispatcher's sentence, once it has ended.
CREATE TABLE approvals (
    id             text PRIMARY KEY,
    incident_id    text NOT NULL,
    client_key     text NOT NULL,
    kind           text NOT NULL,
    cause_id       text NOT NULL,
    subject        text NOT NULL,
    body           text NOT NULL,
    content_sha256 text NOT NULL,
    people         integer NOT NULL,
    channels       text[] NOT NULL,
    approver       text NOT NULL,
    approver_name  text NOT NULL,
    decide_by      timestamptz NOT NULL,
    on_no_answer   text NOT NULL,
    voids          text,
    requested_at   timestamptz NOT NULL,
    status         text NOT NULL,
    decided_by     text,
    decided_at     timestamptz,
    reason         text,
    outcome        text,
    sent           boolean,
    ended_at       timestamptz
);
CREATE INDEX approvals_incident ON approvals (incident_id, id);
CREATE INDEX approvals_status ON approvals (status, id);
"""


def upgrade() -> None:
    run_script(TABLES)
