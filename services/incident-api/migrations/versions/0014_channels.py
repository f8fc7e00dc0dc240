"""Channels: what is suppressed, how providers do, destinations that wait for their confirmation."""

from tocsin_runtime.migrations import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
-- A copy of the dispatcher's; people: [{client_key, person, name}]. lift_… is what was asked here.
CREATE TABLE suppressions (
    id            text PRIMARY KEY,
    channel       text NOT NULL,
    cause         text NOT NULL,
    detail        text NOT NULL,
    people        jsonb NOT NULL,
    since         timestamptz NOT NULL,
    expires_at    timestamptz,
    lifted_at     timestamptz,
    lifted_by     text,
    lift_asked_at timestamptz,
    lift_asked_by text
);

-- A copy, for when the dispatcher cannot be asked.
CREATE TABLE channel_states (
    channel   text NOT NULL,
    provider  text NOT NULL,
    state     text NOT NULL,
    reason    text,
    paused_by text,
    at        timestamptz NOT NULL,
    PRIMARY KEY (channel, provider)
);

-- What a client's own people added; address is NULL once it has expired.
CREATE TABLE added_destinations (
    id           text PRIMARY KEY,
    client_key   text NOT NULL,
    person       text NOT NULL,
    channel      text NOT NULL,
    address      text,
    added_by     text NOT NULL,
    added_at     timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    confirmed_at timestamptz
);
CREATE INDEX added_destinations_of ON added_destinations (client_key, person, id);

-- What readers settled themselves, in force in their client's entry, which the provider's document
-- does not know: the field, what stands there, and what the provider had written instead.
CREATE TABLE reader_wishes (
    client_key text NOT NULL,
    person     text NOT NULL,
    field      text NOT NULL,
    value      jsonb NOT NULL,
    instead_of jsonb,
    PRIMARY KEY (client_key, person, field)
);
"""


def upgrade() -> None:
    run_script(TABLES)
