"""What was missed in a pause is told once it ends, and the week's news on Sundays to who wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0190"
down_revision = "0170"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add both moments to subscribers; nobody waits for either yet."""
    for name in ("away_since", "weekly_at"):
        op.add_column("subscribers", sa.Column(name, _MOMENT))
        is_set = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"subscribers_{name}", "subscribers", [name], sqlite_where=is_set, postgresql_where=is_set
        )
