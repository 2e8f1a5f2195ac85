"""An article's topic is decided when it is processed, and kept beside what decides it."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the two clues their names, and the decided topic its column; the bot decides it anew."""
    op.execute("ALTER TABLE articles RENAME COLUMN topic TO category")
    op.execute("ALTER TABLE articles RENAME COLUMN guessed_topic TO topic_by_words")
    op.add_column("articles", sa.Column("topic", sa.Text()))
    op.execute("UPDATE articles SET topic = coalesce(category, topic_by_words)")
