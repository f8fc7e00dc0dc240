"""The tables the runtime keeps in each service's database, as a migration creates them."""

from __future__ import annotations

RUNTIME_TABLES_V1 = """
CREATE TABLE outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      text NOT NULL,
    topic         text NOT NULL,
    message_key   text NOT NULL,
    ordering_key  text NOT NULL,
    shard         smallint NOT NULL,
    body          bytea NOT NULL,
    headers       jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    published_at  timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
-- Selected by state, never by a cursor: a lower id can commit later.
CREATE INDEX outbox_unpublished ON outbox (shard, id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

CREATE TABLE inbox (
    event_id    text NOT NULL,
    consumer    text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE timers (
    kind     text NOT NULL,
    key      text NOT NULL,
    subject  text NOT NULL,
    due_at   timestamptz NOT NULL,
    payload  jsonb NOT NULL,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX timers_due ON timers (due_at);
CREATE INDEX timers_subject ON timers (subject);

CREATE TABLE parked (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue      text NOT NULL,
    lane       text NOT NULL,
    subject    text NOT NULL,
    until      bigint NOT NULL,
    body       bytea NOT NULL,
    parked_at  timestamptz NOT NULL
);
CREATE INDEX parked_subject ON parked (queue, subject, lane);
CREATE INDEX parked_until ON parked (queue, until);
"""
