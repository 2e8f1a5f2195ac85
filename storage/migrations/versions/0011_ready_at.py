"""When an article was first worked up: from then on digests may tell it, however often it changes."""

import sqlalchemy as sa
from alembic import op

import storage.times

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; of articles that changed since only the time of storing is known."""
    op.add_column("articles", sa.Column("ready_at", storage.times.UtcTime(timezone=True)))
    op.execute(
        "UPDATE articles SET ready_at = CASE WHEN version = 1 THEN worked_at ELSE stored_at END"
        " WHERE story_id IS NOT NULL"
    )
    op.create_index("articles_ready_at", "articles", ["ready_at"])
