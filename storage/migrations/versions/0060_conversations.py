"""Pauses that end by themselves, and where the talk with a chat stands."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0060"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the end of a pause to subscribers, and the table of conversations."""
    op.add_column("subscribers", sa.Column("paused_until", UtcTime()))
    is_set = sa.text("paused_until IS NOT NULL")
    op.create_index(
        "subscribers_paused_until",
        "subscribers",
        ["paused_until"],
        sqlite_where=is_set,
        postgresql_where=is_set,
    )
    op.create_table(
        "conversations",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("awaited", sa.Text),
        sa.Column("question_id", sa.BigInteger),
        sa.Column("page", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("expires_at", UtcTime, nullable=False),
    )
