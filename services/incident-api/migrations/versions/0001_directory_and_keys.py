"""The runtime's tables, keys, stored answers and the directory."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script
from tocsin_runtime.schema import RUNTIME_TABLES_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEYS = """
CREATE TABLE api_keys (
    id           text PRIMARY KEY,
    name         text NOT NULL,
    prefix       text NOT NULL,
    scopes       text[] NOT NULL,
    digest       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE UNIQUE INDEX api_keys_name ON api_keys (name) WHERE revoked_at IS NULL;

CREATE TABLE idempotency (
    entry       bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    answer      bytea NOT NULL,
    stored_at   timestamptz NOT NULL
);
CREATE INDEX idempotency_stored ON idempotency (stored_at);
"""

DIRECTORY = """
-- One row: the newest revision, and the key of the hashes by which secrets are compared.
CREATE TABLE directory_state (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision        bigint NOT NULL,
    comparison_key  bytea NOT NULL,
    -- The built-in entries last published, and in which revision they last came into force.
    defaults_digest bytea NOT NULL,
    defaults_revision bigint NOT NULL
);

-- What the provider wrote, secrets masked. `created_revision` orders lists, newest first.
CREATE TABLE directory_entries (
    kind             text NOT NULL,
    key              text NOT NULL,
    revision         bigint NOT NULL,
    created_revision bigint NOT NULL,
    document         jsonb NOT NULL,
    PRIMARY KEY (kind, key)
);

-- Secret destinations, sealed to the dispatcher; `client_key` is '' for the provider's own staff.
CREATE TABLE directory_secrets (
    client_key text NOT NULL,
    person     text NOT NULL,
    channel    text NOT NULL,
    sealed     text NOT NULL,
    digest     bytea NOT NULL,
    PRIMARY KEY (client_key, person, channel)
);

-- Who changed what; keys only, no addresses.
CREATE TABLE directory_revisions (
    revision bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    changes  jsonb NOT NULL
);
"""


def upgrade() -> None:
    run_script(RUNTIME_TABLES_V1)
    run_script(KEYS)
    run_script(DIRECTORY)
