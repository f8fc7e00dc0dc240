"""The plan that was chosen for a client, where another one's entry applies."""

from tocsin_runtime.migrations import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE audience_clients ADD COLUMN own_plan_key text;
"""


def upgrade() -> None:
    run_script(COLUMNS)
