"""Until when Telegram wants a chat left alone, and whether admins heard of a chat's trouble."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two moments to subscribers."""
    op.add_column("subscribers", sa.Column("held_until", UtcTime()))
    op.add_column("subscribers", sa.Column("told_at", UtcTime()))
    is_held = sa.text("held_until IS NOT NULL")
    op.create_index(
        "subscribers_held", "subscribers", ["held_until"], sqlite_where=is_held, postgresql_where=is_held
    )
