"""Daily figures, and which of them readers want on top of their digests."""

import sqlalchemy as sa
from alembic import op

revision = "0210"
down_revision = "0200"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the table and the choice; nobody has chosen any yet."""
    op.create_table(
        "figures",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.add_column("profiles", sa.Column("figures", sa.JSON(), nullable=False, server_default="[]"))
