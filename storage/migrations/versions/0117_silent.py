"""A chat may have its digests without a sound, and a pause knows when it began."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0117"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both to subscribers; of pauses that run the beginning is not known."""
    op.add_column("subscribers", sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("subscribers", sa.Column("paused_at", UtcTime()))
