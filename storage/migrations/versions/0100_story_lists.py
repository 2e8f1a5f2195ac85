"""What a digest had no room for, and how important each told story was."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0100"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the lists, and the rank of told stories."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("issue_stories", sa.Column("rank", sa.SmallInteger))
    op.create_table(
        "story_lists",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("story_ids", sa.JSON, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
    )
    op.create_index("story_lists_made_at", "story_lists", ["made_at"])
