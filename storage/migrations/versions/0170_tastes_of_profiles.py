"""What a chat taught by its answers to stories is one of its choices."""

import sqlalchemy as sa
from alembic import op

revision = "0170"
down_revision = "0160"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was taught before counts from the next answer on."""
    op.add_column("profiles", sa.Column("tastes", sa.JSON(), nullable=False, server_default="[]"))
