"""Whose name is blanked in what they were sent, also when that is read from the topics again."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ERASED = """
CREATE TABLE erased_contacts (
    client_key text NOT NULL,
    person     text NOT NULL,
    erased_at  timestamptz NOT NULL,
    PRIMARY KEY (client_key, person)
);
"""


def upgrade() -> None:
    run_script(ERASED)
