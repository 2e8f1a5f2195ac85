"""Stories that chats follow."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0150"
down_revision = "0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "follows",
        sa.Column("id", row_id, primary_key=True),
        sa.Column(
            "subscriber_id", row_id, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("told_at", UtcTime, nullable=False),
        sa.Column("news_at", UtcTime, nullable=False),
        sa.Column("due_at", UtcTime),
        sa.Column("removed_at", UtcTime),
        sa.UniqueConstraint("subscriber_id", "article_id"),
    )
    op.create_index("follows_article", "follows", ["article_id"])
    is_set = sa.text("due_at IS NOT NULL")
    op.create_index("follows_due", "follows", ["due_at"], sqlite_where=is_set, postgresql_where=is_set)
