"""The words of the search index, for spelling, and the articles of a source, for questions without words."""

from alembic import op

from storage.search.schema import words_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what spelling and filters need."""
    op.create_index("articles_source", "articles", ["source", "id"], unique=False)
    for statement in words_ddl(op.get_bind().dialect.name):
        op.execute(statement)
