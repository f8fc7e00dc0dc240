"""Messages that wait for a person's yes."""

from tocsin_runtime.migrations import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    run_script(TABLES)
