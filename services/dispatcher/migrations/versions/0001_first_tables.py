"""What the dispatcher keeps: people's addresses, incidents as far as it knows, deliveries."""

from tocsin_runtime.migrations import run_script
from tocsin_runtime.schema import RUNTIME_TABLES_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DIRECTORY = """
-- Entries and people stay when they are removed (document or addresses null), so that an older
-- event cannot bring them back.
CREATE TABLE directory_entries (
    kind      text NOT NULL,
    key       text NOT NULL,
    revision  bigint NOT NULL,
    document  jsonb,
    PRIMARY KEY (kind, key)
);
-- client_key '' is the provider's own staff. labels: channel to the digest of its address.
CREATE TABLE people (
    client_key text NOT NULL,
    person     text NOT NULL,
    revision   bigint NOT NULL,
    name       text NOT NULL,
    addresses  jsonb,
    labels     jsonb NOT NULL,
    PRIMARY KEY (client_key, person)
);
CREATE TABLE directory_revisions (
    topic    text PRIMARY KEY,
    revision bigint NOT NULL
);
"""

INCIDENTS = """
-- settled_sequence: of the last resolve, closure or cancellation; acknowledged_sequence: of the
-- last acknowledgement; 0 where there was none.
CREATE TABLE incidents (
    id                    text PRIMARY KEY,
    epoch                 integer NOT NULL,
    sequence              bigint NOT NULL,
    snapshot              jsonb NOT NULL,
    audience              jsonb,
    settled_sequence      bigint NOT NULL,
    acknowledged_sequence bigint NOT NULL
);
CREATE TABLE takes (
    incident_id text NOT NULL,
    client_key  text NOT NULL,
    person      text NOT NULL,
    person_name text NOT NULL,
    taken_at    timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    expired     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (incident_id, client_key)
);
"""

DELIVERIES = """
CREATE TABLE messages (
    id          text PRIMARY KEY,
    incident_id text NOT NULL,
    client_key  text,
    cause_id    text NOT NULL,
    kind        text NOT NULL,
    notice      jsonb NOT NULL,
    created_at  timestamptz NOT NULL
);
-- destination is the digest of the address it was planned for; the address itself is read from
-- people when it is sent. thread orders what one destination hears of one incident. lease is the
-- sending process, and doubts counts how often it may have been taken without an answer.
CREATE TABLE deliveries (
    position    bigint GENERATED ALWAYS AS IDENTITY,
    id          text PRIMARY KEY,
    message_id  text NOT NULL,
    incident_id text NOT NULL,
    cause_id    text NOT NULL,
    client_key  text,
    kind        text NOT NULL,
    person      text NOT NULL,
    person_name text NOT NULL,
    roles       jsonb NOT NULL,
    because     text NOT NULL,
    reader      jsonb NOT NULL,
    channel     text NOT NULL,
    destination text NOT NULL,
    thread      text NOT NULL,
    urgency     smallint NOT NULL,
    step        jsonb,
    state       text NOT NULL,
    reason      text,
    planned_at  timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    attempts    integer NOT NULL DEFAULT 0,
    doubts      integer NOT NULL DEFAULT 0,
    lease       text,
    lease_until timestamptz,
    provider_id text,
    accepted_at timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX deliveries_due ON deliveries (channel, urgency, due_at, position)
    WHERE state = 'pending';
CREATE INDEX deliveries_thread ON deliveries (thread, position)
    WHERE state IN ('pending', 'waiting', 'sending');
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_incident ON deliveries (incident_id, client_key);

-- For people who ask what was tried and when; the service itself never reads it.
CREATE TABLE attempts (
    delivery_id text NOT NULL,
    attempt     integer NOT NULL,
    at          timestamptz NOT NULL,
    state       text NOT NULL,
    reason      text,
    provider_id text
);
CREATE INDEX attempts_delivery ON attempts (delivery_id);

-- root_id is what the provider calls the thread's first message; its subject is kept for the rest.
CREATE TABLE threads (
    thread  text PRIMARY KEY,
    root_id text NOT NULL,
    subject text
);
-- Whom we must not write to (STOP, a hard bounce, a complaint), by channel and address digest.
CREATE TABLE suppressions (
    channel     text NOT NULL,
    destination text NOT NULL,
    reason      text NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (channel, destination)
);
"""


def upgrade() -> None:
    for script in (RUNTIME_TABLES_V1, DIRECTORY, INCIDENTS, DELIVERIES):
        run_script(script)
