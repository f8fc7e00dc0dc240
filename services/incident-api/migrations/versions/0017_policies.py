"""Versions of escalation policies, and what is known of each running escalation.

An incident has a chain a client of our own people, and one of the client's.
"""

from tocsin_runtime.migrations import run_script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CHAINS = """
ALTER TABLE escalations
    ADD COLUMN chain           text NOT NULL DEFAULT 'account',
    ADD COLUMN policy_revision bigint,
    ADD COLUMN paused          boolean NOT NULL DEFAULT false,
    ADD COLUMN paused_until    timestamptz,
    ADD COLUMN held_from       integer;
ALTER TABLE escalations DROP CONSTRAINT escalations_pkey;
ALTER TABLE escalations ADD PRIMARY KEY (incident_id, client_key, chain);
CREATE INDEX escalations_running ON escalations (policy_key)
    WHERE state NOT IN ('stopped', 'confirmed');
"""

# What is known of versions before this one is the newest of each policy.
VERSIONS = """
CREATE TABLE policy_versions (
    key      text NOT NULL,
    revision bigint NOT NULL,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    document jsonb,
    PRIMARY KEY (key, revision)
);
INSERT INTO policy_versions (key, revision, at, actor, document)
SELECT e.key, e.revision, coalesce(r.at, now()), coalesce(r.actor, 'system'), e.document
FROM directory_entries e LEFT JOIN directory_revisions r ON r.revision = e.revision
WHERE e.kind = 'policy';
"""


def upgrade() -> None:
    run_script(CHAINS)
    run_script(VERSIONS)
