"""Which forum topic of a group its digests go to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the topic to subscribers."""
    op.add_column("subscribers", sa.Column("thread_id", sa.BigInteger()))
