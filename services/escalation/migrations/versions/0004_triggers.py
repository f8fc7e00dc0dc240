"""What more triggers look at: when a question was asked, whose roles nobody reaches, how severe the
outage was when, since when each client is affected."""

from tocsin_runtime.migrations import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
-- The default is for what a process of the release before notes beside this one.
ALTER TABLE questions ADD COLUMN asked_at timestamptz DEFAULT now();
UPDATE questions SET asked_at = coalesce(answer_due, now()) WHERE asker IS NOT NULL;

ALTER TABLE unreachable ADD COLUMN roles text[] NOT NULL DEFAULT '{}';
"""

INCIDENTS = """
-- Of what was before only the present severity is known; clients count as there from the start.
UPDATE incidents SET document = document || jsonb_build_object(
    'severities', jsonb_build_array(jsonb_build_object(
        'severity', document #> '{snapshot,severity}',
        'since', coalesce(
            document -> 'severity_since' -> (document #>> '{snapshot,severity}'),
            document #> '{snapshot,known_at}'))),
    'affected_since', coalesce(
        (SELECT jsonb_object_agg(client ->> 'client_key', document #> '{snapshot,known_at}')
         FROM jsonb_array_elements(document -> 'audience') AS client), '{}'::jsonb));
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(INCIDENTS)
