"""What operators tell all readers; messages may come without a sound and be called off."""

import sqlalchemy as sa
from alembic import op

revision = "0220"
down_revision = "0210"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the table and both columns."""
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "announcements",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("admin", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("edition", sa.Text),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT),
        sa.Column("message_id", sa.BigInteger),
    )
    op.create_index("announcements_made_at", "announcements", ["made_at"])
    for name in ("silent", "called_off"):
        op.add_column("messages", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
