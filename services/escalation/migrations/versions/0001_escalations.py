"""Incident copies, running escalations, the calls they made, and the directory they call from."""

from tocsin_runtime.migrations import run_script
from tocsin_runtime.schema import RUNTIME_TABLES_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DIRECTORY = """
-- A removed entry stays with document null, so that an older event cannot bring it back.
CREATE TABLE directory_entries (
    kind      text NOT NULL,
    key       text NOT NULL,
    revision  bigint NOT NULL,
    document  jsonb,
    PRIMARY KEY (kind, key)
);

-- One row: everything up to this revision is here.
CREATE TABLE directory_revision (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision  bigint NOT NULL
);
INSERT INTO directory_revision (revision) VALUES (0);
"""

ESCALATIONS = """
CREATE TABLE incidents (
    id          text PRIMARY KEY,
    epoch       integer NOT NULL,
    sequence    integer NOT NULL,
    document    jsonb NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE TABLE escalations (
    incident_id  text NOT NULL,
    client_key   text NOT NULL,
    chain        text NOT NULL,
    state        text NOT NULL,
    document     jsonb NOT NULL,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (incident_id, client_key, chain)
) WITH (fillfactor = 80);

-- One row a call. Its key is what makes a call happen once.
CREATE TABLE calls (
    incident_id  text NOT NULL,
    client_key   text NOT NULL,
    chain        text NOT NULL,
    round        integer NOT NULL,
    step         integer NOT NULL,
    occurrence   text NOT NULL,
    number       integer NOT NULL,
    due_at       timestamptz NOT NULL,
    at           timestamptz NOT NULL,
    outcome      text NOT NULL,
    people       jsonb NOT NULL,
    channels     text[] NOT NULL,
    PRIMARY KEY (incident_id, client_key, chain, round, step, occurrence, number)
);

-- Clients whose incident names a directory revision that is not here yet.
CREATE TABLE waiting_clients (
    incident_id     text NOT NULL,
    client_key      text NOT NULL,
    needs_revision  bigint NOT NULL,
    started_at      timestamptz NOT NULL,
    PRIMARY KEY (incident_id, client_key)
);
CREATE INDEX waiting_clients_revision ON waiting_clients (needs_revision);
"""


def upgrade() -> None:
    run_script(RUNTIME_TABLES_V1)
    run_script(DIRECTORY)
    run_script(ESCALATIONS)
