"""A group has at most one open incident that its alerts join; two payloads at once find out."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Of several open incidents of a group only the newest goes on taking its alerts.
ONE_A_GROUP = """
UPDATE incidents AS older SET group_key = NULL
WHERE group_key IS NOT NULL AND status IN ('investigating', 'identified', 'monitoring')
  AND EXISTS (
      SELECT FROM incidents AS newer
      WHERE newer.group_key = older.group_key AND newer.id > older.id
        AND newer.status IN ('investigating', 'identified', 'monitoring'));
DROP INDEX incidents_open_group;
CREATE UNIQUE INDEX incidents_open_group ON incidents (group_key)
    WHERE group_key IS NOT NULL AND status IN ('investigating', 'identified', 'monitoring');
"""


def upgrade() -> None:
    run_script(ONE_A_GROUP)
