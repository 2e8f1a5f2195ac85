"""Issues of very many readers, whose deliveries are written in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0300"
down_revision = "0270"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the table, an index for readers by name, and the order of readers to that of profiles."""
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "fanouts",
        sa.Column("issue_id", row_id, sa.ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("queued_at", _MOMENT, nullable=False),
        sa.Column("reached", sa.BigInteger, nullable=False),
    )
    by_name = sa.text("variant_id IS NOT NULL")
    op.create_index(
        "prepared_readers_variant",
        "prepared_readers",
        ["variant_id"],
        sqlite_where=by_name,
        postgresql_where=by_name,
    )
    op.drop_index("subscribers_profile", "subscribers")
    op.create_index("subscribers_profile", "subscribers", ["profile_id", "status", "id"])
