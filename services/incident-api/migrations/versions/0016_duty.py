"""Absences, duty calendars and their feeds."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
-- Whose reason it is stays here: the other services hear of person, time and stand-in.
CREATE TABLE absences (
    id         text PRIMARY KEY,
    version    integer NOT NULL DEFAULT 1,
    person     text NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    stand_in   text,
    reason     text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);
CREATE INDEX absences_of_a_person ON absences (person, starts_at);
CREATE INDEX absences_ended ON absences (ends_at);

-- Who of a team is on duty, as it was last published, and when to look again.
CREATE TABLE team_duty (
    team_key text PRIMARY KEY,
    duty     jsonb NOT NULL,
    look_at  timestamptz NOT NULL
);
CREATE INDEX team_duty_look ON team_duty (look_at);

-- What a team's calendar last said; while it cannot be read its last words are kept.
CREATE TABLE duty_readings (
    team_key      text PRIMARY KEY,
    address       text NOT NULL,
    events        jsonb NOT NULL,
    read_at       timestamptz,
    failing_since timestamptz,
    failure       text
);

-- One address a team, for calendars that send no header; kept as its hash.
CREATE TABLE duty_feeds (
    team_key   text PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);
"""

REVISIONS = """
-- An entry is told again when people are away or on duty otherwise, though nobody wrote it anew:
-- `revision` is when it was written, `told_revision` when it was last told.
ALTER TABLE directory_entries ADD COLUMN told_revision bigint;
UPDATE directory_entries SET told_revision = revision;
ALTER TABLE directory_entries ALTER COLUMN told_revision SET NOT NULL;
ALTER TABLE directory_state ADD COLUMN written_revision bigint;
UPDATE directory_state SET written_revision = revision;
ALTER TABLE directory_state ALTER COLUMN written_revision SET NOT NULL;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(REVISIONS)
