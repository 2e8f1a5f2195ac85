"""Issues that operators approve before they go: gates, what was dropped at them, and who was told."""

import sqlalchemy as sa
from alembic import op

revision = "0240"
down_revision = "0230"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "gates",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("slot_at", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("admin", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("closed_at", _MOMENT),
        sa.Column("sent", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("edition", "slot_at"),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index("gates_open", "gates", ["slot_at"], sqlite_where=is_open, postgresql_where=is_open)
    gate = "gates.id"
    op.create_table(
        "gate_drops",
        sa.Column("gate_id", row_id, sa.ForeignKey(gate, ondelete="CASCADE"), primary_key=True),
        sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("article_ids", sa.JSON, nullable=False),
        sa.Column("admin", sa.BigInteger, nullable=False),
        sa.Column("dropped_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "gate_notices",
        sa.Column("gate_id", row_id, sa.ForeignKey(gate, ondelete="CASCADE"), primary_key=True),
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "prepared_readers",
        sa.Column("issue_id", row_id, sa.ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "subscriber_id", row_id, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("variant_id", sa.BigInteger),
    )
    op.create_index("prepared_readers_subscriber", "prepared_readers", ["subscriber_id"])
