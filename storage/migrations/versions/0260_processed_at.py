"""Articles say when they were processed, in the word that the rest uses."""

from alembic import op

revision = "0260"
down_revision = "0250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the column, and the index that is named after it."""
    op.drop_index("articles_worked_at", "articles")
    op.execute("ALTER TABLE articles RENAME COLUMN worked_at TO processed_at")
    op.create_index("articles_processed_at", "articles", ["processed_at"])
