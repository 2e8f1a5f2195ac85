"""Which processes work with the database, and triggers that wake them on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0270"
down_revision = "0260"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
_TELL = """
    CREATE FUNCTION wake_processes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('diemtin', TG_ARGV[0]);
        RETURN NULL;
    END $$
"""
_TOLD = (
    ("deliveries", "INSERT", "deliveries"),
    ("articles", "INSERT", "articles"),
    ("articles", "UPDATE OF processed_at", "processed"),
    ("updates", "INSERT", "updates"),
    ("leases", "DELETE", "leases"),
)


def upgrade() -> None:
    """Add the table; on PostgreSQL a trigger for each change that some process waits for."""
    op.create_table(
        "processes",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("bot", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("active", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("newsroom", sa.Text, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(_TELL)
    for table, event, word in _TOLD:
        op.execute(
            f"CREATE TRIGGER {table}_wake_{word} AFTER {event} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION wake_processes('{word}')"
        )
