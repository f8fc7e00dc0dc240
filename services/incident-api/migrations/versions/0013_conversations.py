"""Conversations: questions and answers, one an incident and client; what was read and confirmed."""

from tocsin_runtime.migrations import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE conversations (
    id          text PRIMARY KEY,
    incident_id text NOT NULL,
    client_key  text NOT NULL,
    opened_at   timestamptz NOT NULL,
    UNIQUE (incident_id, client_key)
);

-- kind: question, answer, note. event_id is the event it became, by which the messages that came of
-- it are found. answer_due, answer_id and answered_at are a question's; reply_id is the
-- dispatcher's id of the message it came in.
CREATE TABLE conversation_messages (
    id              text PRIMARY KEY,
    conversation_id text NOT NULL REFERENCES conversations (id),
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    person          text,
    author          text NOT NULL,
    author_role     text,
    actor           text NOT NULL,
    source          text,
    subject         text,
    text            text NOT NULL,
    attachments     text[] NOT NULL,
    reply_id        text UNIQUE,
    delivery_id     text,
    event_id        text,
    answer_due      timestamptz,
    answer_id       text,
    answered_at     timestamptz
);
CREATE INDEX conversation_messages_of ON conversation_messages (conversation_id, id);
CREATE INDEX conversation_messages_open ON conversation_messages (conversation_id)
    WHERE kind = 'question' AND answer_id IS NULL;
CREATE INDEX conversation_messages_person ON conversation_messages (person);

-- What came back and belongs to no conversation that we can name.
CREATE TABLE loose_replies (
    id          text PRIMARY KEY,
    at          timestamptz NOT NULL,
    incident_id text,
    client_key  text,
    person      text,
    sender      text NOT NULL,
    source      text NOT NULL,
    subject     text,
    text        text NOT NULL,
    attachments text[] NOT NULL,
    delivery_id text,
    why         text NOT NULL,
    put_away_at timestamptz,
    put_away_by text,
    question_id text
);
CREATE INDEX loose_replies_waiting ON loose_replies (at) WHERE put_away_at IS NULL;

-- Who has said that they read a message; delivery_id is NULL where it was said of no single one.
CREATE TABLE receipts (
    id           text PRIMARY KEY,
    incident_id  text NOT NULL,
    client_key   text NOT NULL,
    person       text NOT NULL,
    person_name  text NOT NULL,
    source       text NOT NULL,
    delivery_id  text,
    confirmed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX receipts_once
    ON receipts (incident_id, client_key, person, coalesce(delivery_id, ''));
CREATE INDEX receipts_delivery ON receipts (delivery_id);
"""


def upgrade() -> None:
    run_script(TABLES)
