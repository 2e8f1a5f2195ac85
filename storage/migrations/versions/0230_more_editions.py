"""Readers may take several editions."""

import sqlalchemy as sa
from alembic import op

revision = "0230"
down_revision = "0220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choice; nobody has more than one yet."""
    op.add_column("profiles", sa.Column("more_editions", sa.Text(), nullable=False, server_default=""))
