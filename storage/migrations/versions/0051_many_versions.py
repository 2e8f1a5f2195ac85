"""An article may have more than 32,767 versions: PostgreSQL's small integers end there, SQLite's do not."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the numbers room."""
    if op.get_context().dialect.name == "postgresql":
        for table in ("articles", "article_versions", "headline_changes"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN version TYPE integer")
