"""Suppressions with cause and end, how providers do, budgets, receipts."""

from tocsin_runtime.migrations import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
-- One that is lifted stays for people who ask; of those in force a destination has one at most.
-- reason: what was heard, in words.
ALTER TABLE suppressions
    DROP CONSTRAINT suppressions_pkey,
    ADD COLUMN id         text NOT NULL DEFAULT gen_random_uuid()::text,
    ADD COLUMN cause      text NOT NULL DEFAULT 'by_hand',
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN lifted_at  timestamptz,
    ADD COLUMN lifted_by  text,
    ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX suppressions_in_force ON suppressions (channel, destination)
    WHERE lifted_at IS NULL;
-- heard: what a provider said of a message before our own record of its answer was written.
ALTER TABLE deliveries
    ADD COLUMN heard        jsonb,
    ADD COLUMN delivered_at timestamptz;
-- How each provider does, as the process found it that saw it change last; and why, in words.
CREATE TABLE providers (
    channel    text NOT NULL,
    provider   text NOT NULL,
    state      text NOT NULL,
    since      timestamptz NOT NULL,
    last_error text,
    failed_at  timestamptz,
    PRIMARY KEY (channel, provider)
);
-- Channels that a person holds.
CREATE TABLE channel_pauses (
    channel   text PRIMARY KEY,
    paused_by text NOT NULL,
    reason    text,
    since     timestamptz NOT NULL
);
-- Whom a person was asked about once: a client whose budget is used up, a person whom no channel
-- reaches.
CREATE TABLE asked_once (
    about text PRIMARY KEY,
    at    timestamptz NOT NULL
);
"""

INDEXES = """
-- What a client has caused of late, of what costs money.
CREATE INDEX deliveries_spent ON deliveries (client_key, channel, accepted_at)
    WHERE channel IN ('sms', 'voice') AND accepted_at IS NOT NULL;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(INDEXES)
