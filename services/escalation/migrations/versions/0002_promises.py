"""Promises as clocks, and the deliveries that keep them."""

from tocsin_runtime.migrations import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
-- One row a promise. made_by is the sequence of the event that made it. live: its end is still
-- open. current: no newer promise of its kind was made to the client in this incident.
CREATE TABLE promises (
    incident_id  text NOT NULL,
    client_key   text NOT NULL,
    promise      text NOT NULL,
    due_at       timestamptz NOT NULL,
    made_by      bigint NOT NULL,
    state        text NOT NULL,
    live         boolean NOT NULL,
    current      boolean NOT NULL,
    drill        boolean NOT NULL,
    document     jsonb NOT NULL,
    PRIMARY KEY (incident_id, client_key, promise, due_at, made_by)
) WITH (fillfactor = 80);
CREATE INDEX promises_open ON promises (incident_id) WHERE live OR current;
CREATE INDEX promises_overdue ON promises (due_at) WHERE live;
CREATE INDEX promises_judged ON promises (client_key, due_at)
    WHERE NOT drill AND state IN ('kept', 'breached');

-- What became of the messages that may keep a promise, as dispatcher told it. held is why one
-- waited, if it ever did.
CREATE TABLE evidence (
    delivery_id  text PRIMARY KEY,
    incident_id  text NOT NULL,
    cause_id     text NOT NULL,
    client_key   text NOT NULL,
    kind         text NOT NULL,
    rules        integer[] NOT NULL,
    person       text NOT NULL,
    channel      text NOT NULL,
    state        text NOT NULL,
    reason       text,
    held         text,
    accepted_at  timestamptz
) WITH (fillfactor = 80);
CREATE INDEX evidence_cause ON evidence (incident_id, cause_id);
"""

# What was promised before there were promises here goes on being clocked.
CARRIED_OVER = """
INSERT INTO promises (incident_id, client_key, promise, due_at, made_by, state, live, current,
                      drill, document)
SELECT i.id, p.key, 'update', p.value::timestamptz, i.sequence, 'pending', true, true, false,
       jsonb_build_object('client_key', p.key, 'promise', 'update', 'due_at', p.value,
                          'made_at', i.updated_at, 'made_by', i.sequence)
FROM incidents i, jsonb_each_text(i.document -> 'promises') AS p
WHERE i.document -> 'snapshot' ->> 'status' IN ('investigating', 'identified', 'monitoring')
  AND i.document -> 'snapshot' ->> 'visibility' = 'published'
  AND i.document -> 'snapshot' ->> 'drill' = 'false'
  AND p.value::timestamptz > now();
INSERT INTO timers (kind, key, subject, due_at, payload)
SELECT 'steps', incident_id, incident_id, now(), '{}' FROM promises GROUP BY incident_id
ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(CARRIED_OVER)
