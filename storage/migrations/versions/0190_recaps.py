"""What was missed in a pause is told once it ends, and the week's news on Sundays to who wants it."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0190"
down_revision = "0170"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both moments to subscribers; nobody waits for either yet."""
    for name in ("away_since", "weekly_at"):
        op.add_column("subscribers", sa.Column(name, UtcTime()))
        is_set = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"subscribers_{name}", "subscribers", [name], sqlite_where=is_set, postgresql_where=is_set
        )
