"""What the stream replays."""

from tocsin_runtime.migrations import run_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    run_script(TABLES)
