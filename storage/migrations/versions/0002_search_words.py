"""The articles of a source, for questions without words."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what filters need."""
    op.create_index("articles_source", "articles", ["source", "id"], unique=False)
