"""How each polled source fares."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of polled sources."""
    op.create_table(
        "web_sources",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("next_at", UtcTime, nullable=False),
        sa.Column("tried_at", UtcTime),
        sa.Column("fetched_at", UtcTime),
        sa.Column("new_at", UtcTime),
        sa.Column("gap_seconds", sa.Integer),
        sa.Column("items", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("moved_to", sa.Text),
        sa.Column("told", sa.JSON, nullable=False),
    )
