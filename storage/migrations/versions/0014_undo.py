"""The profile to which a chat's last change of settings can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add that profile's number to subscribers."""
    op.add_column("subscribers", sa.Column("previous_profile_id", sa.BigInteger()))
