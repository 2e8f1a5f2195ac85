"""Announcements and corrections for very many readers, whose deliveries are written in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0340"
down_revision = "0290"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    of_message = sa.ForeignKey("messages.id", ondelete="CASCADE")
    of_correction = sa.ForeignKey("corrections.id", ondelete="CASCADE")
    op.create_table(
        "message_fanouts",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("message_id", row_id, of_message, unique=True),
        sa.Column("correction_id", row_id, of_correction, unique=True),
        sa.Column("edition", sa.Text),
        sa.Column("queued_at", _MOMENT, nullable=False),
        sa.Column("reached", sa.BigInteger, nullable=False),
    )
