"""Stories that chats keep for later, and of which they want more or less."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0140"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    of_subscriber = sa.ForeignKey("subscribers.id", ondelete="CASCADE")
    op.create_table(
        "saved_stories",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("subscriber_id", row_id, of_subscriber, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("saved_at", UtcTime, nullable=False),
        sa.Column("read_at", UtcTime),
        sa.UniqueConstraint("subscriber_id", "article_id"),
    )
    op.create_index("saved_stories_saved_at", "saved_stories", ["saved_at"])
    op.create_table(
        "taught_stories",
        sa.Column(
            "subscriber_id", row_id, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("liking", sa.SmallInteger, nullable=False),
        sa.Column("traits", sa.JSON, nullable=False),
        sa.Column("taught_at", UtcTime, nullable=False),
    )
    op.create_table(
        "tastes",
        sa.Column(
            "subscriber_id", row_id, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("weight", sa.SmallInteger, nullable=False),
    )
