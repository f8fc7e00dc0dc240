"""The stream: a bounded log of what changed, and tickets for browsers."""

from tocsin_runtime.migrations import run_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
-- Which rows changed, not how: what is sent is read when it is sent. One row a statement and
-- incident. xact orders it: of two transactions that commit the other way round, the one with the
-- lower number is read first, once no lower one is under way any more.
CREATE TABLE stream_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xact       bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    at         timestamptz NOT NULL DEFAULT now(),
    topic      text NOT NULL,
    subject_id text NOT NULL,
    ids        text[] NOT NULL
);
CREATE INDEX stream_log_order ON stream_log (xact, id);

CREATE TABLE stream_tickets (
    digest     bytea PRIMARY KEY,
    key_id     text NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Triggers, so that nobody who writes one of these tables can forget the stream.
CREATE FUNCTION log_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stream_log (topic, subject_id, ids)
    SELECT 'incident', id, ARRAY[id] FROM changed;
    RETURN NULL;
END $$;

CREATE FUNCTION log_rows_of_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stream_log (topic, subject_id, ids)
    SELECT TG_ARGV[0], incident_id, array_agg(id ORDER BY id) FROM changed GROUP BY incident_id;
    RETURN NULL;
END $$;

CREATE FUNCTION log_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stream_log (topic, subject_id, ids)
    SELECT 'conversation', c.incident_id, array_agg(DISTINCT c.id)
    FROM changed m JOIN conversations c ON c.id = m.conversation_id GROUP BY c.incident_id;
    RETURN NULL;
END $$;

-- A receipt is shown with the delivery that it is for.
CREATE FUNCTION log_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stream_log (topic, subject_id, ids)
    SELECT 'delivery', incident_id, array_agg(delivery_id ORDER BY delivery_id)
    FROM changed WHERE delivery_id IS NOT NULL GROUP BY incident_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stream_inserted AFTER INSERT ON incidents
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_incidents();
CREATE TRIGGER stream_updated AFTER UPDATE ON incidents
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_incidents();
CREATE TRIGGER stream_inserted AFTER INSERT ON timeline
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION log_rows_of_incidents('timeline');
CREATE TRIGGER stream_updated AFTER UPDATE ON timeline
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION log_rows_of_incidents('timeline');
CREATE TRIGGER stream_inserted AFTER INSERT ON deliveries
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION log_rows_of_incidents('delivery');
CREATE TRIGGER stream_updated AFTER UPDATE ON deliveries
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION log_rows_of_incidents('delivery');
CREATE TRIGGER stream_inserted AFTER INSERT ON escalations
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION log_rows_of_incidents('escalation');
CREATE TRIGGER stream_updated AFTER UPDATE ON escalations
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION log_rows_of_incidents('escalation');
CREATE TRIGGER stream_inserted AFTER INSERT ON conversation_messages
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_conversations();
CREATE TRIGGER stream_updated AFTER UPDATE ON conversation_messages
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_conversations();
CREATE TRIGGER stream_inserted AFTER INSERT ON receipts
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_receipts();
"""


def upgrade() -> None:
    run_script(TABLES)
