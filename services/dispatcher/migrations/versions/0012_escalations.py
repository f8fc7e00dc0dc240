"""What staff and clients hear of an escalation's course."""

from tocsin_runtime.migrations import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("SELECT 1;")
