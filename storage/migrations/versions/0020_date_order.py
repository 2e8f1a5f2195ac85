"""In which order a polled source writes day and month."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the order to the polled sources."""
    op.add_column("web_sources", sa.Column("date_order", sa.Text()))
