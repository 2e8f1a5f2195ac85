"""Watches: questions that alert."""

import sqlalchemy as sa
from alembic import op

import storage.times

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = storage.times.UtcTime(timezone=True)


def upgrade() -> None:
    """Create the tables of watches, and find articles by when they were worked up."""
    op.create_table(
        "watches",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("subscriber_id", _ROW_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscriber_id", "key"),
    )
    op.create_index("watches_changed_at", "watches", ["changed_at"], unique=False)
    op.create_table(
        "watch_hits",
        sa.Column("watch_id", _ROW_ID, nullable=False),
        sa.Column("story_id", _ROW_ID, nullable=False),
        sa.Column("article_id", _ROW_ID, nullable=False),
        sa.Column("found_at", _TIME, nullable=False),
        sa.Column("not_before", _TIME, nullable=False),
        sa.Column("alerted_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("watch_id", "story_id"),
    )
    op.create_index("watch_hits_story", "watch_hits", ["story_id"], unique=False)
    op.create_index("watch_hits_article", "watch_hits", ["article_id"], unique=False)
    op.create_index("watch_hits_alerted_at", "watch_hits", ["alerted_at"], unique=False)
    is_open = sa.text("alerted_at IS NULL")
    op.create_index(
        "watch_hits_open", "watch_hits", ["not_before"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "delivery_buttons",
        sa.Column("delivery_id", _ROW_ID, nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    op.create_index("articles_worked_at", "articles", ["worked_at"], unique=False)
