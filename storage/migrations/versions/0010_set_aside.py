"""How often an article was tried, and the texts that are not tried again."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tries to articles, and the table of texts set aside."""
    op.add_column("articles", sa.Column("tries", sa.SmallInteger(), nullable=False, server_default="0"))
    op.create_table(
        "set_aside_texts",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("seen_at", UtcTime, nullable=False),
    )
