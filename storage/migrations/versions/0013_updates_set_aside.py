"""Why an update could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason to updates."""
    op.add_column("updates", sa.Column("failure", sa.Text()))
