"""What operators did: the log of changes."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0115"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of deeds."""
    row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "deeds",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("done_at", UtcTime, nullable=False),
        sa.Column("admin", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("deeds_done_at", "deeds", ["done_at"])
