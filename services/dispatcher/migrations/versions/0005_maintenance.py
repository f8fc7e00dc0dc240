"""Maintenance windows as far as the dispatcher knows them."""

from tocsin_runtime.migrations import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
-- Their messages and deliveries lie with those of incidents, under the window's id.
CREATE TABLE maintenance_windows (
    id       text PRIMARY KEY,
    epoch    integer NOT NULL,
    sequence bigint NOT NULL,
    snapshot jsonb NOT NULL,
    audience jsonb NOT NULL
);
"""


def upgrade() -> None:
    run_script(TABLES)
