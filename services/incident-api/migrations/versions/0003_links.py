"""Which one-person links were used, and for what."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LINKS = """
-- One answer of one link counts once; `to_person` is '' but for a hand-over.
CREATE TABLE link_answers (
    link_id     text NOT NULL,
    verb        text NOT NULL,
    to_person   text NOT NULL,
    incident_id text NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (link_id, verb, to_person)
);
CREATE INDEX link_answers_answered ON link_answers (answered_at);
"""


def upgrade() -> None:
    run_script(LINKS)
