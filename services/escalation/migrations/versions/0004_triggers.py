"""What more triggers look at."""

from tocsin_runtime.migrations import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("SELECT 1;")
