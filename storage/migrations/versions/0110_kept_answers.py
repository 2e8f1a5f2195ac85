"""Questions keep what the search told beside the articles, so that buttons need not search again."""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; questions asked before have nothing in it."""
    op.add_column("questions", sa.Column("kept", sa.JSON()))
