"""The lease, retractions and corrections."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what delivery's promise needs."""
