"""On PostgreSQL the ledger has a partition for each month's messages; the old table becomes the first."""

from alembic import op

revision = "0302"
down_revision = "0301"
branch_labels = None
depends_on = None

_IDS = 10_000_000_000  # message numbers of one partition
# Nothing is copied: a primary key is built anew and the rows are read once, about 2 s for a million.
_POSTGRES = (
    "ALTER TABLE deliveries RENAME TO deliveries_0",
    "ALTER TABLE deliveries_0 DROP CONSTRAINT deliveries_pkey",
    "ALTER TABLE deliveries_0 ADD PRIMARY KEY (id, message_id)",
    "ALTER TABLE deliveries_0 RENAME CONSTRAINT deliveries_subscriber_id_message_id_key"
    " TO deliveries_0_subscriber_id_message_id_key",
    "ALTER INDEX deliveries_message RENAME TO deliveries_0_message",
    "ALTER INDEX deliveries_open RENAME TO deliveries_0_open",
    "ALTER INDEX deliveries_status RENAME TO deliveries_0_status",
    "CREATE TABLE deliveries (LIKE deliveries_0 INCLUDING DEFAULTS) PARTITION BY RANGE (message_id)",
    "ALTER SEQUENCE deliveries_id_seq OWNED BY deliveries.id",
    "ALTER TABLE deliveries ADD CONSTRAINT deliveries_message_id_fkey"
    " FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE",
    "ALTER TABLE deliveries ADD CONSTRAINT deliveries_subscriber_id_fkey"
    " FOREIGN KEY (subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE",
    "ALTER TABLE deliveries ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id, message_id)",
    "ALTER TABLE deliveries ADD CONSTRAINT deliveries_subscriber_id_message_id_key"
    " UNIQUE (subscriber_id, message_id)",
    "CREATE INDEX deliveries_message ON deliveries (message_id, status)",
    "CREATE INDEX deliveries_open ON deliveries (tries, not_before, id) WHERE status = 'pending'",
    "CREATE INDEX deliveries_status ON deliveries (status, changed_at)",
    f"ALTER TABLE deliveries ATTACH PARTITION deliveries_0 FOR VALUES FROM (MINVALUE) TO ({_IDS})",
    f"CREATE TABLE deliveries_1 PARTITION OF deliveries FOR VALUES FROM ({_IDS}) TO ({2 * _IDS})",
)
_MOVE_TRIGGERS = """
    DO $$
    DECLARE
        found record;
    BEGIN
        FOR found IN
            SELECT tgname, pg_get_triggerdef(oid) AS definition FROM pg_trigger
            WHERE tgrelid = 'deliveries_0'::regclass AND NOT tgisinternal
        LOOP
            EXECUTE format('DROP TRIGGER %I ON deliveries_0', found.tgname);
            EXECUTE regexp_replace(found.definition, ' ON \\S*deliveries_0 ', ' ON deliveries ');
        END LOOP;
    END $$
"""


def upgrade() -> None:
    """Make the partitioned table around the one that there is, and move the triggers to it."""
    if op.get_context().dialect.name != "postgresql":
        return
    *before, attach, following = _POSTGRES
    for statement in before:
        op.execute(statement)
    op.execute(_MOVE_TRIGGERS)
    op.execute(attach)
    op.execute(following)
