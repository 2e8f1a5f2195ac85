"""A refusal keeps the address of the article that was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0250"
down_revision = "0240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("refusals", sa.Column("link", sa.Text))
