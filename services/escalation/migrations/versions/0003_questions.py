"""Questions that wait for an answer, and people whom no channel reaches."""

from tocsin_runtime.migrations import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
-- An answer may be heard of before its question: then nothing of it is known.
CREATE TABLE questions (
    question_id  text PRIMARY KEY,
    incident_id  text NOT NULL,
    client_key   text,
    asker        text,
    answer_due   timestamptz,
    answered     boolean NOT NULL DEFAULT false
);
CREATE INDEX questions_open ON questions (incident_id) WHERE NOT answered;

CREATE TABLE unreachable (
    incident_id  text NOT NULL,
    client_key   text NOT NULL,
    person       text NOT NULL,
    name         text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (incident_id, client_key, person)
);
"""


def upgrade() -> None:
    run_script(TABLES)
