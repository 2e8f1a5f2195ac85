"""The full-text tables go: the search index is a folder, and follows `article_changes`."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0060"
branch_labels = None
depends_on = None

_FULL_TEXT = ("fts_words", "fts_acc", "fts_fold", "fts_body", "article_search")
_UNFINISHED = ("fts_acc_new", "fts_fold_new", "fts_body_new")


def upgrade() -> None:
    """Drop what held the words of articles, add the log of changes."""
    for name in (*_FULL_TEXT, *_UNFINISHED):
        op.execute(f"DROP TABLE IF EXISTS {name}")
    op.execute("DELETE FROM notes WHERE name = 'search_rebuild'")
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "article_changes",
        sa.Column("id", row_id, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("article_changes_order", "article_changes", ["transaction_id", "id"])
