"""What became of an escalation beside who took it: confirmed, paused, taken back, cancelled."""

from tocsin_runtime.migrations import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(
        """
CREATE TABLE courses (
    incident_id text NOT NULL,
    client_key text NOT NULL,
    chain text NOT NULL,
    called_at timestamptz,
    confirmed_at timestamptz,
    paused_at timestamptz,
    held_from smallint,
    held_at timestamptz,
    cancelled jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (incident_id, client_key, chain)
);
"""
    )
