"""A closing note is part of its line on the timeline, where it can be read."""

from __future__ import annotations

from tocsin_runtime.migrations import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOVED = """
UPDATE timeline SET data = timeline.data || c.document
FROM incident_closures c
WHERE timeline.incident_id = c.incident_id AND timeline.type = 'closed';
DROP TABLE incident_closures;
"""


def upgrade() -> None:
    run_script(MOVED)
